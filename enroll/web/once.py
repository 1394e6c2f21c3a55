"""One press, one act, one answer - also when the press arrives twice, or the first answer was lost."""

from collections.abc import Callable
from uuid import uuid4

from flask import current_app, redirect
from flask import session as cookie
from flask_login import current_user
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from enroll.storage import outbox
from enroll.storage.database import again_if_crowded, db, transaction
from enroll.storage.idempotency import IdempotencyKey, earlier_answer
from enroll.web.forms import ActForm
from enroll.web.moments import now


def once(form: ActForm, act: Callable[[], str]) -> Response:
    """Run `act` in one transaction with the form's key; redirect to the address it gives.

    A second press with the same key changes nothing and gets the same address. Refused (or any error) stores nothing,
    so the same form can be sent again after mending. What the act caused is handled right after the commit.
    """
    address = act_once(form, act)
    outbox.deliver(now(), slow=False)
    return redirect(address, 303)


def answered_before(form: ActForm) -> Response | None:
    """The answer of this very press, where it was done already: for a page that is no longer served afterwards."""
    known = earlier_answer(db.session(), _presser(), str(form.key.data))
    db.session.rollback()
    return redirect(known, 303) if known else None


def act_once(form: ActForm, act: Callable[[], str]) -> str:
    actor, key, moment = _presser(), str(form.key.data), now()

    def whole_act() -> str:
        with transaction() as session:
            known = earlier_answer(session, actor, key)
            if known is not None:
                return known
            row = IdempotencyKey(actor=actor, key=key, answer="", at=moment)
            session.add(row)
            session.flush()  # a press at the same moment waits here, and then finds the answer
            address = act()
            session.execute(update(IdempotencyKey).where(IdempotencyKey.id == row.id).values(answer=address))
            return address

    try:
        return again_if_crowded(whole_act)
    except IntegrityError:
        known = earlier_answer(db.session(), actor, key)
        db.session.rollback()
        if not known:
            raise
        current_app.logger.info("the same press came twice: %s", actor)
        return known


def _presser() -> str:
    if current_user.is_authenticated:
        return f"account:{current_user.account_id}"
    if "visitor" not in cookie:
        cookie["visitor"] = uuid4().hex
    return f"visitor:{cookie['visitor']}"
