"""The page behind the link: what staff filled in for somebody, to be read, agreed to, signed and handed in by them."""

import contextlib
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from enroll.applications.forms.applying import SubmitForm
from enroll.applications.lifecycle import APPLICATION, ApplicationState
from enroll.applications.models import SignatureLink
from enroll.applications.queries.facts import facts_about
from enroll.applications.queries.people import consents_in_force, texts_at
from enroll.applications.queries.signatures import link_by_token, link_facts
from enroll.applications.rules.signatures import link_is_open
from enroll.applications.services.standing_in import hand_in_signed, sign
from enroll.applications.views.checking import money_of, sitting_rows
from enroll.foundation.masking import mask_name
from enroll.foundation.problems import Problem, Refused
from enroll.learners.rules.texts import COMMITMENT
from enroll.storage import outbox
from enroll.storage.database import again_if_crowded, db
from enroll.web.access import public
from enroll.web.language import show_second
from enroll.web.moments import now, real_now
from enroll.web.once import act_once
from enroll.web.throttle import limiter

signing = Blueprint("signing", __name__, url_prefix="/sign")


@signing.get("/<token:token>")
@public
@limiter.limit("60 per minute")
def show(token: str) -> Any:
    link = _open(token)
    return _page(link, None) if link else (render_template("applications/signed.html", link=None), 404)


@signing.post("/<token:token>")
@public
@limiter.limit("20 per minute")
def agree(token: str) -> Any:
    form, link = SubmitForm(()), link_by_token(db.session(), token)
    if link is None:
        return render_template("applications/signed.html", link=None), 404
    number, place = link.id, request.remote_addr or ""
    if not form.validate():
        return _page(link, form), 422
    try:
        act_once(form, lambda: sign(number, form.ticked, now=now(), real_now=real_now(), network_address=place))
    except Refused as refused:
        again = _open(token)
        if again is None:
            return render_template("applications/signed.html", link=None), 404
        return _page(again, form, refused.problems), 422
    # What was signed stands, whether or not it can be handed in this very moment.
    with contextlib.suppress(Refused):
        again_if_crowded(lambda: hand_in_signed(number, now=now(), network_address=place))
    outbox.deliver(now(), slow=False)
    return redirect(url_for(".done", token=token), 303)


@signing.get("/<token:token>/done")
@public
@limiter.limit("60 per minute")
def done(token: str) -> Any:
    """What became of it: handed in, and when; or what stands against it."""
    session = db.session()
    link = link_by_token(session, token)
    if link is None or link.used_at is None or real_now() >= link.expires_at:
        return render_template("applications/signed.html", link=None), 404
    application, against = link.application, list[Problem]()
    if application.state == ApplicationState.DRAFT:
        me = application.learner.account.actor_at(now())
        offers = APPLICATION.offers(application.state, me, facts_about(session, application, now()))
        against = [one for offer in offers if offer.move.name == "submit" for one in offer.problems]
    received = show_second(application.submitted_at) if application.submitted_at else ""
    return render_template("applications/signed.html", link=link, application=application, against=against,
                           received=received)


def _open(token: str) -> SignatureLink | None:
    link = link_by_token(db.session(), token)
    return None if link_is_open(link_facts(link), real_now()) else link


def _page(link: SignatureLink, sent: SubmitForm | None, problems: tuple[Problem, ...] = ()) -> str:
    session, application = db.session(), link.application
    given = consents_in_force(session, application.learner_id, now())
    texts = [one for one in texts_at(session, now()) if one.code == COMMITMENT or one.code not in given]
    form = SubmitForm(texts, formdata=None)
    if sent is not None:
        form.agreed.data, form.key.data = sent.agreed.data, sent.key.data
    rest = form.show_problems(problems)
    return render_template(
        "applications/sign.html", link=link, application=application, form=form, problems=rest,
        name=mask_name(application.learner.called), sitting_rows=sitting_rows(application),
        texts={f"{one.code}.{one.version}": one for one in texts},
        given=[one.consent_text for code, one in given.items() if code != COMMITMENT], **money_of(application),
    )
