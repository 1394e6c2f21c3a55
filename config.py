"""Settings, read once from the environment and checked at start. Nothing under enroll/ reads the environment."""

import base64
import hashlib
import os
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
WEAK = {"", "dev", "test", "secret", "changeme", "demo"}


class SettingIsWrong(SystemExit):
    """A setting would make the program unsafe or unable to work; it does not start."""


def settings(environment: dict[str, str] | None = None) -> dict[str, Any]:
    """Every setting of the program.

    DATABASE_URL   sqlite:///… (default: instance/enroll.db) or postgresql+psycopg://…
    SECRET_KEY     signs cookies and forms; at least 32 characters
    FIELD_KEYS     encryption of sensitive columns, newest first, separated by commas (Fernet keys)
    BASE_URL       the address in mails, documents and QR codes; https in production
    TRUSTED_HOSTS  host names this server answers to, separated by commas (default: the host of BASE_URL)
    UPLOAD_DIR     where stored files lie (default: instance/files)
    MAIL_URL       smtp://host:port, smtp+starttls://user:password@host:587 or smtps://user:password@host:465 (user and
                   password in URL encoding); without it messages are read in the program only, and codes are not sent
    MAIL_FROM      the sender's address
    SMS_URL        https://token@host/path of the text-message provider; without it e-mail is offered only
    REDIS_URL      optional, for limits shared by several processes
    METRICS_TOKEN  optional; whoever sends it as a bearer token reads /metrics, at least 20 characters
    PROXIES        how many proxies stand in front (their X-Forwarded-For is believed), default 0
    PRESENCE_MINUTES  how long after the password was given a weighty act (approving, publishing, revoking, roles) asks
                   for it again, default 15
    FONT_DIR       optional folder with more fonts for rare characters
    """
    given = dict(os.environ) if environment is None else environment
    base_url = given.get("BASE_URL", "http://127.0.0.1:5000").rstrip("/")
    made = {
        "SECRET_KEY": given.get("SECRET_KEY", ""),
        "FIELD_KEYS": [key.strip() for key in given.get("FIELD_KEYS", "").split(",") if key.strip()],
        "SQLALCHEMY_DATABASE_URI": given.get("DATABASE_URL", f"sqlite:///{HERE / 'instance' / 'enroll.db'}"),
        "BASE_URL": base_url,
        "TRUSTED_HOSTS": _listed(given.get("TRUSTED_HOSTS", "")) or [_host(base_url)],
        "UPLOAD_DIR": given.get("UPLOAD_DIR", str(HERE / "instance" / "files")),
        "MAIL_URL": given.get("MAIL_URL", ""),
        "MAIL_FROM": given.get("MAIL_FROM", ""),
        "SMS_URL": given.get("SMS_URL", ""),
        "REDIS_URL": given.get("REDIS_URL", ""),
        "METRICS_TOKEN": given.get("METRICS_TOKEN", ""),
        "PROXIES": _number("PROXIES", given.get("PROXIES", "0")),
        "PRESENCE_MINUTES": _number("PRESENCE_MINUTES", given.get("PRESENCE_MINUTES", "15")),
        "FONT_DIR": given.get("FONT_DIR", ""),
        "INSECURE_COOKIES": base_url.startswith(("http://127.0.0.1", "http://localhost")),
        "DEMO": False,
    }
    return made


def checked(made: dict[str, Any]) -> dict[str, Any]:
    """The same settings, or SettingIsWrong naming each fault: what a production start calls."""
    faults = wrong_settings(made)
    if faults:
        raise SettingIsWrong("Enroll does not start:\n- " + "\n- ".join(faults))
    return made


def wrong_settings(made: dict[str, Any]) -> list[str]:
    """A line for each setting that is missing, weak or of a kind that is not known."""
    faults = []
    if made["SECRET_KEY"].lower() in WEAK or len(made["SECRET_KEY"]) < 32:
        faults.append("SECRET_KEY: at least 32 random characters, for example from: openssl rand -base64 48")
    if not made["FIELD_KEYS"]:
        faults.append("FIELD_KEYS: at least one Fernet key (32 url-safe base64 bytes)")
    for key in made["FIELD_KEYS"]:
        if not _is_fernet_key(key):
            faults.append("FIELD_KEYS: each key is 32 url-safe base64-encoded bytes")
    if made["INSECURE_COOKIES"] is False and not made["BASE_URL"].startswith("https://"):
        faults.append("BASE_URL: https://… (only 127.0.0.1 and localhost may be plain http)")
    if not made["SQLALCHEMY_DATABASE_URI"].startswith(("sqlite:///", "postgresql+psycopg://")):
        faults.append("DATABASE_URL: sqlite:///… or postgresql+psycopg://…")
    if made["MAIL_URL"] and not made["MAIL_URL"].startswith(("smtp://", "smtp+starttls://", "smtps://", "folder:")):
        faults.append("MAIL_URL: smtp://…, smtp+starttls://… or smtps://…")
    if made["MAIL_URL"] and "@" not in made["MAIL_FROM"] and not made["DEMO"]:
        faults.append("MAIL_FROM: the sender's address, where MAIL_URL is set")
    if made["SMS_URL"] and not made["SMS_URL"].startswith(("https://", "http://127.0.0.1:", "folder:")):
        faults.append("SMS_URL: https://…")
    if made["METRICS_TOKEN"] and len(made["METRICS_TOKEN"]) < 20:
        faults.append("METRICS_TOKEN: at least 20 random characters")
    if made["FONT_DIR"] and not Path(made["FONT_DIR"]).is_dir():
        faults.append("FONT_DIR: a folder that is there")
    return faults


def demo_settings(instance: Path = HERE / "instance", port: int = 5000, database_url: str = "") -> dict[str, Any]:
    """The demo's own settings: an embedded database, files beside it, keys made from a fixed phrase - never for real
    people. `database_url` takes another database instead."""
    secret = hashlib.sha256(b"enroll demo: fictional people only").digest()
    made = settings({**os.environ, "BASE_URL": f"http://127.0.0.1:{port}"})
    made.update(
        SECRET_KEY=secret.hex(), FIELD_KEYS=[base64.urlsafe_b64encode(secret).decode()], DEMO=True,
        SQLALCHEMY_DATABASE_URI=database_url or os.environ.get("DATABASE_URL", f"sqlite:///{instance / 'demo.db'}"),
        UPLOAD_DIR=str(instance / "demo-files"), MAIL_URL=f"folder:{instance / 'demo-files' / 'letters'}",
        SMS_URL=f"folder:{instance / 'demo-files' / 'letters'}", INSECURE_COOKIES=True,
        TRUSTED_HOSTS=["127.0.0.1", "localhost"],
    )
    return made


def only_the_demo_is_here(instance: Path = HERE / "instance", environment: dict[str, str] | None = None) -> bool:
    """A checkout where the demo ran and nothing else was set up: plain `flask doctor` then looks at the demo."""
    given = dict(os.environ) if environment is None else environment
    return "DATABASE_URL" not in given and (instance / "demo.db").exists() and not (instance / "enroll.db").exists()


def _number(name: str, text: str) -> int:
    if not text.isdecimal():
        raise SettingIsWrong(f"Enroll does not start:\n- {name}: a whole number, 0 or more")
    return int(text)


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _host(url: str) -> str:
    return url.split("://", 1)[-1].split("/", 1)[0].split(":", 1)[0]


def _is_fernet_key(key: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(key.encode())) == 32
    except ValueError:
        return False
