from collections import Counter

from sqlalchemy import func, select

from enroll.foundation.problems import Refused
from enroll.learners.models import Consent, IdentityCheckMove, Learner, LearnerFile
from enroll.learners.rules.texts import SENSITIVE_ID
from enroll.learners.services.consents import give_consents
from enroll.learners.services.files import keep_document
from enroll.learners.services.identity import decide_check, hand_in, save_identity
from enroll.storage.database import again_if_crowded
from tests.at_once import at_once
from tests.builders.learners import (
    a_document,
    a_file,
    a_learner,
    a_reviewer,
    agreed,
    check_of,
    details,
    handed_in,
    learner_actor,
    the_texts,
    with_everything,
)
from tests.conftest import NOON


def outcomes(answers):
    return Counter(
        next(iter(one.codes)) if isinstance(one, Refused) else type(one).__name__ if one is not None else "done"
        for one in answers
    )


def test_two_people_with_one_document_number_at_once_are_one_and_a_refusal(app, session):
    the_texts()
    people = [agreed(a_learner(f"person{number}@example.org")) for number in range(6)]
    acts = [(learner.id, learner_actor(learner)) for learner in people]

    def save(learner_id, by):
        return lambda: again_if_crowded(lambda: save_identity(learner_id, details(), by=by, now=NOON) and None)

    assert outcomes(at_once(app, *[save(*act) for act in acts])) == {"done": 1, "id_number_in_use": 5}
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Learner).where(Learner.id_number_key.is_not(None))) == 1


def test_a_verdict_while_somebody_else_decides_is_one_verdict(app, session):
    the_texts()
    learner = handed_in(with_everything(a_learner()))
    reference, by = check_of(learner).reference, [a_reviewer(f"shenhe{number}") for number in range(4)]
    session.rollback()

    def verify(actor):
        return lambda: again_if_crowded(lambda: decide_check(reference, "verify", by=actor, now=NOON))

    assert outcomes(at_once(app, *[verify(actor) for actor in by])) == {"done": 1, "wrong_state": 3}
    session.rollback()
    made = select(func.count()).select_from(IdentityCheckMove).where(IdentityCheckMove.move == "verify")
    assert session.scalar(made) == 1


def test_handing_in_ten_times_at_once_hands_in_once(app, session):
    the_texts()
    learner = with_everything(a_learner())
    learner_id, by = learner.id, learner_actor(learner)
    session.rollback()

    def press():
        return again_if_crowded(lambda: hand_in(learner_id, ["identity", "photo"], by=by, now=NOON))

    assert outcomes(at_once(app, *[press] * 8)) == {"done": 1, "wrong_state": 7}


def test_pictures_and_consents_at_once_leave_one_of_each_in_force(app, session):
    the_texts()
    learner = agreed(a_learner())
    learner_id, by = learner.id, learner_actor(learner)
    session.rollback()
    pictures = [a_file(a_document(number), "id_front") for number in range(4)]

    def put(stored):
        return lambda: again_if_crowded(lambda: keep_document(learner_id, "id_front", stored, by=by, now=NOON))

    def agree():
        return again_if_crowded(lambda: give_consents(learner_id, {SENSITIVE_ID: 1}, by=by, now=NOON))

    assert set(outcomes(at_once(app, *[put(one) for one in pictures], *[agree] * 4))) == {"done"}
    session.rollback()
    in_force = select(func.count()).select_from(LearnerFile).where(LearnerFile.replaced_at.is_(None))
    assert session.scalar(in_force) == 1
    assert session.scalar(select(func.count()).select_from(Consent)) == 1
