"""flask commands: what an operator types. The promises about them stand in the README."""

import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from types import FrameType

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

import enroll
from config import checked, demo_settings, only_the_demo_is_here, settings, wrong_settings
from enroll.accounts.permissions import Role
from enroll.accounts.queries import has_demo_accounts
from enroll.accounts.services.opening import create_staff
from enroll.demo.serving import run_demo
from enroll.demo.tour import TOUR
from enroll.desk.queries.soundness import CHECKS, Check
from enroll.desk.rules.lifecycles import LIFECYCLES
from enroll.desk.services.importing import IMPORTS, Answer, Brought, ImportKind, bring, member_of_staff
from enroll.foundation.actor import SYSTEM
from enroll.foundation.problems import NotFound, Refused
from enroll.learners.services.texts import install_texts
from enroll.storage import migrations, outbox
from enroll.storage.backups import BackupIsWrong, back_up, restore
from enroll.storage.database import db
from enroll.storage.worker import work
from enroll.web.language import in_language, translate

ROOT = Path(__file__).parent.parent
NOTHING_SET_UP = settings({})["SQLALCHEMY_DATABASE_URI"]
README, INSTANCE = ROOT / "README.md", ROOT / "instance"
MOST_LINES = 20
staff = AppGroup("staff", help="Members of staff.")


def init_app(app: Flask) -> None:
    for command in (migrate, serve, work_, doctor, backup, restore_, import_, demo, bench, readme):
        app.cli.add_command(command)
    app.cli.add_command(staff)


@click.command()
@with_appcontext
def migrate() -> None:
    """Bring the database to the newest migration; refuses one that is newer than this program.

    The standard texts that people agree to are laid where none of their code stands yet: without them nobody signs up.
    """
    _make_database_folder(current_app.config["SQLALCHEMY_DATABASE_URI"])
    try:
        at = migrations.upgrade(db.engine)
    except migrations.DatabaseIsNewer as error:
        raise click.ClickException(f"The database is at migration {error}, which this program does not know. "
                                   "Run the newer program, or restore a backup.") from error
    click.echo(f"The database is at migration {at}.")
    if added := install_texts(now=current_app.extensions["clock"].now()):
        click.echo(f"{added} standard texts were added: consents, privacy notice, declaration.")


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="address and port")
@click.option("--workers", default=2, show_default=True)
@click.option("--threads", default=8, show_default=True)
@with_appcontext
def serve(bind: str, workers: int, threads: int) -> None:
    """The production web server; stops cleanly on SIGTERM."""
    checked(dict(current_app.config))
    _refuse_demo_accounts()
    os.execvp(sys.executable, [  # noqa: S606 (the program becomes the server, so that signals reach it)
        sys.executable, "-m", "gunicorn", "--bind", bind, "--workers", str(workers), "--threads", str(threads),
        "--worker-class", "gthread", "--timeout", "60", "--graceful-timeout", "20", "--chdir", str(ROOT), "wsgi:app",
    ])  # fmt: skip


@click.command("work")
@with_appcontext
def work_() -> None:
    """The background worker: messages, documents, deadlines; stops cleanly on SIGTERM."""
    checked(dict(current_app.config))
    stop = Event()

    def finish(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, finish)
    signal.signal(signal.SIGINT, finish)
    click.echo("The worker is at work.")
    work(current_app._get_current_object(), enroll.JOBS, stop)  # type: ignore[attr-defined]


@click.command()
@with_appcontext
def doctor() -> None:
    """Check configuration and every invariant, a line each; exit 1 if any fails. Never changes anything.

    On a checkout where only the demo was ever started, and no DATABASE_URL is set, it looks at the demo's database.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if app.config["SQLALCHEMY_DATABASE_URI"] == NOTHING_SET_UP and only_the_demo_is_here(INSTANCE):
        click.echo("No DATABASE_URL is set and only the demo's database is here: instance/demo.db is checked.")
        app = enroll.create_app(demo_settings(INSTANCE))
    with app.app_context():
        failed = _line("settings", wrong_settings(dict(app.config)))
        behind = _not_migrated()
        failed += _line("migrations", behind)
        for name, check in () if behind else (*CHECKS, *enroll.SOUNDNESS, ("no demo accounts", _demo_accounts)):
            failed += _line(name, _asked(check))
    if failed:
        sys.exit(1)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Database and stored files together, consistent, checked by reading them back."""
    try:
        click.echo(back_up(db.engine, Path(current_app.config["UPLOAD_DIR"]), file))
    except BackupIsWrong as error:
        raise click.ClickException(str(error)) from error


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@with_appcontext
def restore_(file: Path) -> None:
    """Put a backup into an empty database and an empty folder."""
    _make_database_folder(current_app.config["SQLALCHEMY_DATABASE_URI"])
    try:
        click.echo(restore(db.engine, Path(current_app.config["UPLOAD_DIR"]), file))
    except BackupIsWrong as error:
        raise click.ClickException(str(error)) from error


@staff.command("create")
@click.option("--username", required=True)
@click.option("--name", default="", help="how people call them")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([str(role) for role in Role]))
@click.password_option()
@with_appcontext
def create(username: str, name: str, roles: tuple[str, ...], password: str) -> None:
    """The first administrator, or any member of staff."""
    now = current_app.extensions["clock"].now()
    try:
        create_staff(username, name or username, frozenset(Role(role) for role in roles), password, by=SYSTEM, now=now)
    except Refused as refusal:
        with in_language("en"):
            raise click.ClickException("; ".join(translate(one) for one in refusal.problems)) from refusal
    except IntegrityError as error:
        raise click.ClickException(f"There is somebody with the user name {username} already.") from error
    click.echo(f"{username} may sign in.")


@click.command("import")
@click.argument("kind", type=click.Choice(sorted(IMPORTS)))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--user", required=True, help="the member of staff who does it, with their permissions, on record")
@click.option("--format", "form", default="", help="how questions are read: xlsx, gift or aiken")
@click.option("--about", default="", help="the window of marks, the sitting of a list, the module of questions, the "
                                          "batch of a reply")
@click.option("--dry-run", is_flag=True, help="only say what would happen; nothing is changed")
@click.option("--json", "as_json", is_flag=True, help="rows, accepted and refused as JSON")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@with_appcontext
def import_(
    kind: str, file: Path, user: str, form: str, about: str, dry_run: bool, as_json: bool, language: str,
) -> None:
    """Bring a file in as the import pages do; exit 1 when anything was refused.

    What a second person must stand for (marks, hours of before) waits for them in the pages, as always.
    """
    wanted, now = IMPORTS[kind], current_app.extensions["clock"].now()
    by = member_of_staff(db.session(), user, now)
    if by is None:
        raise click.BadParameter(f"nobody who may sign in has the user name {user}", param_hint="--user")
    if wanted.about and not about:
        raise click.UsageError(f"{kind} need --about: {wanted.about}.")
    brought = Brought(file.read_bytes(), file.name, _format_of(wanted, form, file), about.strip())
    try:
        answer = bring(wanted, brought, dry_run=dry_run, by=by, now=now)
    except NotFound as error:
        raise click.BadParameter(f"there is no {about or error}", param_hint="--about") from error
    outbox.deliver(now, slow=False)
    with in_language(language):
        click.echo(_as_json(answer) if as_json else _as_lines(answer, dry_run=dry_run))
    if answer.refused:
        sys.exit(1)


def _format_of(kind: ImportKind, asked: str, file: Path) -> str:
    """What was asked for, else what the file's ending says, else the kind's usual format."""
    if asked and asked not in kind.formats:
        raise click.BadParameter(f"one of {', '.join(kind.formats)}", param_hint="--format")
    return asked or next((one for one in kind.formats if file.suffix.lower() == f".{one}"), kind.formats[0])


def _as_json(answer: Answer) -> str:
    refused = [{"row": one.row, "column": one.column, "code": one.code, "message": translate(one.words)}
               for one in answer.refused]  # fmt: skip
    return json.dumps({"rows": answer.rows, "accepted": answer.accepted, "refused": refused}, ensure_ascii=False)


def _as_lines(answer: Answer, *, dry_run: bool) -> str:
    lines = [" ".join(("row", str(one.row), one.column)).strip() + f": {translate(one.words)}" if one.row
             else translate(one.words) for one in answer.refused]  # fmt: skip
    did = "would be taken" if dry_run else "kept; they wait to be confirmed or written down" if answer.waiting \
        else "taken"
    return "\n".join([*lines, f"{answer.rows} rows: {answer.accepted} {did}, {len(answer.refused)} refusals."])


@click.command()
@click.option("--port", default=5000, show_default=True)
@click.option("--fresh", is_flag=True, help="begin again with an empty demo database")
@click.option("--no-serve", is_flag=True, help="only load the data")
@click.option("--size", default=0, help="so many further learners, for looking at long lists")
def demo(port: int, fresh: bool, no_serve: bool, size: int) -> None:
    """The whole product on invented people: migrates, loads, prints addresses and sign-ins, serves until Ctrl-C."""
    run_demo(enroll.create_app, enroll.JOBS, port=port, fresh=fresh, serve=not no_serve, size=size)


@click.command(add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def bench(arguments: tuple[str, ...]) -> None:
    """Measure NAME, one of tests/benchmarks, and print a line for each figure; `flask bench --help` says which.

    It starts a database and a server of its own, and ends them; what is here is not touched.
    """
    if not (ROOT / "tests" / "benchmarks").is_dir():
        raise click.ClickException("The benchmarks lie in tests/benchmarks, which this copy lacks.")
    os.chdir(ROOT)
    os.execvp(sys.executable, [sys.executable, "-m", "tests.benchmarks", *arguments])  # noqa: S606


@click.command()
def readme() -> None:
    """Rewrite the generated parts of the README."""
    README.write_text(with_generated_parts(README.read_text(encoding="utf-8")), encoding="utf-8")
    click.echo("README.md is up to date.")


def with_generated_parts(text: str) -> str:
    """The README with every generated part as the program is now."""
    lifecycles = "\n".join(lifecycle.as_markdown() for lifecycle in LIFECYCLES)
    stops = [f"{number}. **{one.title}** ({one.username or 'nobody signed in'}, `{one.href}`) {one.text}\n"
             for number, one in enumerate(TOUR, 1)]  # fmt: skip
    for part, content in (("tour", "".join(stops)), ("settings", _settings_table()), ("lifecycles", lifecycles)):
        text = _replaced(text, part, content)
    return text


def _settings_table() -> str:
    """From the documentation of config.settings: a name in capitals begins a row, what is indented below goes on."""
    rows: list[list[str]] = []
    for line in (settings.__doc__ or "").splitlines():
        if found := re.match(r" {4}([A-Z][A-Z_]+) +(.+)", line):
            rows.append([found[1], found[2].strip()])
        elif rows and line.startswith(" " * 8):
            rows[-1][1] += f" {line.strip()}"
    table = ["| setting | what it is |", "|---|---|", *[f"| `{name}` | {words} |" for name, words in rows]]
    return "\n".join([*table, ""])


def _replaced(text: str, part: str, content: str) -> str:
    between = re.compile(f"(?<=<!-- {part} -->\n).*?(?=<!-- /{part} -->)", re.S)
    return between.sub(lambda _: content, text)


def _line(name: str, problems: list[str]) -> int:
    click.echo(f"{'ok  ' if not problems else 'FAIL'} {name}")
    for one in problems[:MOST_LINES]:
        click.echo(f"       {one}")
    if len(problems) > MOST_LINES:
        click.echo(f"       … and {len(problems) - MOST_LINES} more")
    return 1 if problems else 0


def _asked(check: Check) -> list[str]:
    """What a check says; one that cannot be made has failed, and stops no other."""
    try:
        return list(check(db.session()))
    except Exception as error:
        return [f"could not be checked: {type(error).__name__}"]
    finally:
        db.session.rollback()


def _not_migrated() -> list[str]:
    try:
        at = current_migration()
    except OperationalError as error:
        return [f"the database does not answer: {error.orig}"]
    newest = migrations.newest(db.engine)
    return [] if at == newest else [f"the database is at {at or 'nothing'}, the program at {newest}: flask migrate"]


def current_migration() -> str:
    """Asking must not make an empty SQLite file where there is none."""
    file = db.engine.url.database
    if db.engine.dialect.name == "sqlite" and not Path(str(file)).exists():
        return ""
    return migrations.current(db.engine)


def _demo_accounts(session: Session) -> Iterator[str]:
    if not current_app.config["DEMO"] and has_demo_accounts(session):
        yield "this database holds demo accounts, whose password is public"


def _refuse_demo_accounts() -> None:
    if not current_app.config["DEMO"] and enroll.holds_demo_accounts():
        raise click.ClickException("This database holds demo accounts, whose password is public. Use another one.")


def _make_database_folder(url: str) -> None:
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
