"""What a server runs: `flask …` finds this file by itself, gunicorn takes wsgi:app."""

from click import get_current_context

from config import checked, settings
from enroll import create_app

# A flask command brings its own settings where it needs others (the demo); a server does not start on weak ones.
app = create_app(settings() if get_current_context(silent=True) else checked(settings()))
