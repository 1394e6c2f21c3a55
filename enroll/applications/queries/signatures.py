"""What staff filled in for somebody, and whether its owner has agreed to it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from enroll.applications.lifecycle import LIVE, ApplicationState
from enroll.applications.models import Application, SignatureLink
from enroll.applications.queries.own import WHOLE
from enroll.applications.rules.signatures import LinkFacts
from enroll.learners.models import Learner
from enroll.storage.sealing import keyed_hash

PURPOSE = "signature"


def link_by_token(session: Session, token: str) -> SignatureLink | None:
    """The link behind a token, whatever became of it, with its application and learner."""
    whole = joinedload(SignatureLink.application).options(
        joinedload(Application.window), joinedload(Application.enrolment),
        joinedload(Application.learner).joinedload(Learner.account))
    wanted = select(SignatureLink).where(SignatureLink.token_hash == keyed_hash(PURPOSE, token))
    return session.scalar(wanted.options(whole))


def link_facts(link: SignatureLink | None) -> LinkFacts | None:
    if link is None:
        return None
    return LinkFacts(link.expires_at, link.used_at is not None, link.replaced_at is not None,
                     link.application.state == ApplicationState.DRAFT)


def newest_links(session: Session, application_ids: Collection[int]) -> dict[int, SignatureLink]:
    """The newest link of each application, used or not."""
    wanted = select(SignatureLink).where(SignatureLink.application_id.in_(application_ids)).order_by(SignatureLink.id)
    return {one.application_id: one for one in session.scalars(wanted)}


def signature_asked_by(session: Session, application: Application, real_now: datetime) -> str:
    """Who of staff waits for the signature of a draft; '' where nobody does."""
    link = newest_links(session, [application.id]).get(application.id)
    if link is None or link.used_at is not None or link.replaced_at is not None or real_now >= link.expires_at:
        return ""
    return link.asked_by_name


def live_of_learner(session: Session, learner_id: int) -> list[Application]:
    """Somebody's applications under way, the newest first."""
    wanted = select(Application).where(Application.learner_id == learner_id, Application.state.in_(LIVE))
    return list(session.scalars(wanted.options(*WHOLE).order_by(Application.id.desc())))
