"""Learners as sign-up leaves them, and with what they give after that."""

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.documents.images import Frame, accept
from enroll.documents.photos import PhotoRule, make_photo
from enroll.foundation.actor import Actor
from enroll.learners.lifecycle import CheckKind
from enroll.learners.models import IdentityCheck, Learner
from enroll.learners.rules.numbers import check_character
from enroll.learners.rules.texts import SENSITIVE_ID
from enroll.learners.services.consents import give_consents
from enroll.learners.services.files import keep_document, keep_photo
from enroll.learners.services.identity import IdentityDetails, hand_in, save_identity
from enroll.learners.services.joining import open_learner
from enroll.learners.services.texts import add_reason, install_texts
from enroll.storage.database import db, transaction
from enroll.storage.files import StoredFile, keep_file
from tests.builders.people import EARLIER, actor_of, an_open_account
from tests.builders.pictures import a_camera_photo, a_picture
from tests.conftest import NOON
from tests.worlds import built_once

RULE = PhotoRule(295, 413, 10, 200)
BORN = date(1990, 3, 12)


def a_number(sequence: int = 101, born: date = BORN) -> str:
    """A right document number with an area that does not exist; odd sequences are male."""
    seventeen = f"110199{born:%Y%m%d}{sequence:03d}"
    return seventeen + check_character(seventeen)


@built_once
def the_texts() -> None:
    """The texts people agree to and a few reasons, as an installation has them."""
    install_texts(now=EARLIER)
    for item, code, words in [("name", "id_mismatch", "姓名不一致"), ("photo", "photo_background", "背景不白")]:
        add_reason(item, code, "return", words, f"{code} in English", "请更正后重新提交。", "Correct it.")
    add_reason("other", "other", "both", "其他", "Other", "请按意见办理。", "Follow the words.")


@built_once
def a_learner(email: str = "ana@example.org", *, born: date = BORN, **more: Any) -> Learner:
    """Somebody who has just signed up."""
    account = an_open_account(email=email, **more)
    learner = open_learner(account.id, born, by=actor_of(account), now=EARLIER)
    db.session.rollback()
    return learner


def learner_actor(learner: Learner) -> Actor:
    return actor_of(learner.account)


def details(**changed: Any) -> IdentityDetails:
    return IdentityDetails(**{
        "legal_name": "张伟", "id_type": "resident_id", "id_number": a_number(), "birth_date": BORN, "sex": "male",
        **changed,
    })


@built_once
def agreed(learner: Learner, *codes: str) -> Learner:
    """With these separate consents; the texts must stand."""
    give_consents(learner.id, dict.fromkeys(codes or (SENSITIVE_ID,), 1), by=learner_actor(learner), now=EARLIER)
    return learner


@lru_cache
def a_source() -> bytes:
    return accept(a_camera_photo(600, 840)).jpeg


@lru_cache
def a_cut_photo() -> bytes:
    return make_photo(a_source(), Frame(), RULE).jpeg


@lru_cache
def a_document(shade: int = 0) -> bytes:
    return accept(a_picture(160 + shade, 100)).jpeg


def a_file(content: bytes, purpose: str, *, sealed: bool = True) -> StoredFile:
    return keep_file(content, name=f"{purpose}.jpg", media_type="image/jpeg", purpose=purpose, now=EARLIER,
                     sealed=sealed)


@built_once
def with_everything(learner: Learner, *, sequence: int = 101, **changed: Any) -> Learner:
    """Everything given that the check asks for, nothing handed in yet."""
    by = learner_actor(learner)
    born = changed.pop("birth_date", learner.birth_date)
    agreed(learner)
    save_identity(learner.id, details(**{"id_number": a_number(sequence, born), "birth_date": born,
                                         "sex": "male" if sequence % 2 else "female", **changed}), by=by, now=NOON)
    for shade, side in ((sequence, "id_front"), (sequence + 1, "id_back")):
        keep_document(learner.id, side, a_file(a_document(shade), side), by=by, now=NOON)
    keep_photo(learner.id, a_file(a_source(), "photo_source"), a_file(a_cut_photo(), "photo"), by=by, now=NOON)
    db.session.rollback()
    return learner


@built_once
def handed_in(learner: Learner, *kinds: str) -> Learner:
    hand_in(learner.id, kinds or tuple(CheckKind), by=learner_actor(learner), now=NOON)
    db.session.rollback()
    return learner


def many_waiting(session: Session, number: int) -> None:
    """So many identities in the queue, of people who are names and nothing else."""
    with transaction():
        for place in range(number):
            account = Account(reference=f"U-{place}", password_hash="not a hash", state="active", version=1,
                              opened_at=EARLIER)
            session.add(account)
            session.flush()
            learner = Learner(reference=f"L-{place}", account_id=account.id, birth_date=BORN, joined_at=EARLIER,
                              legal_name=f"张{chr(0x4E00 + place)}", version=1)
            session.add(learner)
            session.flush()
            session.add(IdentityCheck(reference=f"I9{place:05d}", learner_id=learner.id, kind="identity", version=2,
                                      state="submitted", submitted_at=NOON))


def check_of(learner: Learner, kind: str = "identity") -> IdentityCheck:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(
        select(IdentityCheck).where(IdentityCheck.learner_id == learner.id, IdentityCheck.kind == kind)
    ).one()


def a_reviewer(username: str = "shenhe1") -> Actor:
    return actor_of(an_open_account(Role.REVIEWER, username=username, name="审核员甲"))
