"""The hour in which a window opens: everybody looks at their page and at the sittings, and hands in.

All of them want the same two sittings, whose rows are therefore what everybody waits for; there is a seat for each.
"""

from collections.abc import Iterator
from itertools import cycle

from sqlalchemy import select

from enroll.enrolments.models import Enrolment
from enroll.learners.models import Learner
from enroll.storage.database import db
from tests.benchmarks.client import Ask, get, post
from tests.benchmarks.house import House, Visitor, a_house
from tests.benchmarks.measuring import NULL, Effort, measured
from tests.benchmarks.pgbench import transactions_per_second
from tests.builders.applicants import a_draft, an_applicant, both_sittings, the_window
from tests.builders.study import account_of
from tests.builders.twins import give_twins

AGREED = ["sensitive_id.1", "share_issuer.1", "commitment.1"]
FIRST = 12  # built one by one; the others are their twins


def figures(effort: Effort) -> Iterator[tuple[str, float]]:
    with a_house() as house:
        crowd = the_crowd(house, effort.size)
        lookers = crowd[-min(64, len(crowd) // 2):]  # who have handed in no longer choose
        with house.serve() as server:
            found = measured(server, {
                "home": cycle([get("/home", who) for who, _ in crowd[:64]]),
                "picker": cycle([get(f"/applications/{reference}/sittings", who) for who, reference in lookers]),
                "submit": submissions(crowd[:-len(lookers)]),
            }, effort)  # fmt: skip
            worker_mb = server.worker_mb()
        bare = transactions_per_second(house, clients=effort.clients, seconds=effort.seconds)
        for name in ("submit", "home", "picker"):
            yield f"{name}_vs_null", found.rate_against(name)
            yield f"{name}_cpu_vs_null", found.cpu_against(name)
            yield f"{name}s_per_second", found.rate(name)
            yield f"{name}_cpu_ms", found.cpu_ms(name)
        yield "flow_cpu_vs_null", sum(found.cpu_against(name) for name in ("home", "picker", "submit"))
        yield "submit_vs_pgbench", found.rate("submit") / bare
        yield "null_cpu_ms", found.cpu_ms(NULL)
        yield "worker_mb", worker_mb


def the_crowd(house: House, size: int) -> list[tuple[Visitor, str]]:
    """So many learners with a draft whose sittings are chosen: the browser of each, and the draft's reference."""
    sittings = both_sittings(the_window(), seats=5000)
    first = [an_applicant(f"first{number}") for number in range(min(FIRST, size))]
    give_twins([account_of(one).id for one in first], max(size // FIRST - 1, 0))
    wanted = select(Enrolment, Learner.account_id).join(Learner, Learner.id == Enrolment.learner_id)
    everybody = db.session.execute(wanted.order_by(Enrolment.id)).all()
    return [(house.sign_in(account_id), a_draft(enrolment, sittings=sittings)) for enrolment, account_id in everybody]


def submissions(crowd: list[tuple[Visitor, str]]) -> Iterator[Ask]:
    """Each of them once. The version of a draft whose sittings are chosen is known: it was begun and chosen."""
    for who, reference in crowd:
        yield post(f"/applications/{reference}/submit", who, {"key": reference, "agreed": AGREED})
