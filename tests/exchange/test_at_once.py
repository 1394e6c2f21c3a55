"""Two colleagues at the same moment: one batch, one import."""

from sqlalchemy import select

from enroll.exchange.models import Batch, BatchRow
from enroll.exchange.rules.batches import BatchKind
from enroll.exchange.services.batches import make_batch
from enroll.exchange.services.replies import apply_reply, check_reply
from enroll.foundation.problems import Refused
from enroll.storage.database import again_if_crowded, db
from tests.at_once import at_once
from tests.builders.exchange import a_liaison, a_reply, a_sent_batch, people_registered
from tests.conftest import NOON

KIND = BatchKind.REGISTRATION


def test_two_who_make_a_batch_at_once_report_everybody_once(app):
    people_registered("张伟", "李娜")
    one, two = a_liaison("one"), a_liaison("two")
    db.session.rollback()
    answers = at_once(app, *[
        lambda by=by: again_if_crowded(lambda: make_batch(KIND, "202701", by=by, now=NOON)) for by in (one, two)])
    assert sum(isinstance(one, str) for one in answers) == 1
    assert sum(isinstance(one, Refused) for one in answers) == 1
    assert len(db.session.scalars(select(Batch)).all()) == 1
    assert len(db.session.scalars(select(BatchRow)).all()) == 4


def test_two_who_apply_the_same_file_at_once_apply_it_once(app):
    (theory, practical), = people_registered("张伟")
    by = a_liaison()
    a_sent_batch(by)
    content = a_reply([theory, "张伟", "", "", "wu001"], [practical, "张伟", "", "", "wu001"])
    tokens = [check_reply(KIND, content, file_name=name, by=by, now=NOON).token for name in ("a.xlsx", "b.xlsx")]
    db.session.rollback()
    answers = at_once(app, *[
        lambda token=token: again_if_crowded(lambda: apply_reply(token, by=by, now=NOON)) for token in tokens * 2])
    done = [one for one in answers if isinstance(one, int)]
    assert sorted(done, reverse=True)[0] == 2
    assert sum(one == 2 for one in done) == 1
    assert all(one in (0, 2) or isinstance(one, Refused) for one in answers)
