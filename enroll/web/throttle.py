"""Bursts from one address are slowed down. Sign-in lock-out, which must survive a restart, is accounts' own table."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, default_limits=[], headers_enabled=True)
