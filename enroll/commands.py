"""The flask commands that belong to no feature; contract of names and options: the README, "Commands"."""

import re
from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext

from enroll.accounts.lifecycle import ACCOUNT
from enroll.applications.lifecycle import APPLICATION
from enroll.certificates.lifecycle import CERTIFICATE
from enroll.courses.lifecycle import PRACTICE_WORK
from enroll.enrolments.lifecycle import ENROLMENT
from enroll.exchange.lifecycle import BATCH
from enroll.fees.lifecycle import FEE, REFUND
from enroll.hours.lifecycle import DOUBT, PROOF
from enroll.learners.lifecycle import IDENTITY_CHECK
from enroll.programmes.lifecycle import WINDOW
from enroll.results.lifecycle import RESULT, SCORE_REVIEW
from enroll.sittings.lifecycle import BOOKING
from enroll.storage import migrations
from enroll.storage.database import db

README = Path(__file__).parent.parent / "README.md"
LIFECYCLES = [
    *[ACCOUNT, IDENTITY_CHECK, WINDOW, FEE, REFUND, ENROLMENT, PROOF, DOUBT, PRACTICE_WORK, BOOKING, APPLICATION],
    *[RESULT, SCORE_REVIEW, CERTIFICATE, BATCH],
]
"""Every lifecycle, in the order of the learner's journey."""


@click.command()
@with_appcontext
def migrate() -> None:
    """Bring the database to the newest migration."""
    if db.engine.dialect.name == "sqlite" and db.engine.url.database:
        Path(db.engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    try:
        number = migrations.upgrade(db.engine)
    except migrations.DatabaseIsNewer as newer:
        raise click.ClickException(f"the database stands at migration {newer}, newer than this program") from newer
    click.echo(f"The database stands at migration {number}.")


@click.command()
def readme() -> None:
    """Rewrite the generated parts of the README."""
    README.write_text(with_generated_parts(README.read_text()))


def with_generated_parts(text: str) -> str:
    """The README with every generated part as the program is now."""
    lifecycles = "\n".join(lifecycle.as_markdown() for lifecycle in LIFECYCLES)
    return _replaced(text, "lifecycles", lifecycles)


def _replaced(text: str, part: str, content: str) -> str:
    between = re.compile(f"(?<=<!-- {part} -->\n).*?(?=<!-- /{part} -->)", re.S)
    return between.sub(lambda _: content, text)


def init_app(app: Flask) -> None:
    for command in (migrate, readme):
        app.cli.add_command(command)
