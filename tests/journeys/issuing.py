"""The certificate: two reviewers, the batch to the body, its numbers, and everybody who asks whether it is real."""

import io
import zipfile

from enroll.demo.body import certificate_no
from enroll.documents.papers import as_pdf
from tests.builders.papers import DATED, a_proof
from tests.journeys.examining import Row, is_reported
from tests.journeys.people import Page, Person, Upload
from tests.journeys.world import World

NUMBER = certificate_no("202701", 1)


def case_of(world: World, username: str, tab: str = "first") -> Page:
    """The case as this reviewer opens it from the queue."""
    reviewer = world.staff(username)
    return reviewer.reads(reviewer.reads(f"/staff/certificates?tab={tab}").link("C2701-0001"))


def is_approved_twice(world: World) -> None:
    first, second = world.staff("fazheng1"), world.staff("fazheng2")
    case = first.fills_in(case_of(world, "fazheng1"), "初审通过").says("初审已通过")
    assert not case.offers("终审通过"), "one person, twice"
    second.fills_in(case_of(world, "fazheng2", "second"), "终审通过").says("终审已通过")


def is_numbered(world: World) -> bytes:
    """By the body alone, in its reply; gives the body's own file, which came with it."""
    certificate = as_pdf(a_proof(), dated=DATED)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(f"{NUMBER}.pdf", certificate)
    is_reported(world, "issuance", _issued, documents=Upload(out.getvalue(), "certificates.zip"))
    world.the_worker_runs()
    return certificate


def _issued(row: Row) -> Row:
    return {"报名号/考位号": row["证书申请号"], "姓名": row["姓名"], "证件号码后四位": row["证件号码"][-4:],
            "证书编号": NUMBER, "发证日期": "2027-03-10", "结果": "通过"}


def asks(visitor: Person, number: str, name: str) -> Page:
    """Somebody with a certificate in their hand, signed in nowhere."""
    return visitor.presses("/verify", "查询", number=number, name=name)
