"""From nobody to somebody who may study: sign-up, enrolment, training fee, identity; each by its pages."""

from dataclasses import dataclass
from datetime import date

from enroll.demo.pictures import document, portrait
from tests.builders.learners import a_number
from tests.journeys.ground import PASSWORD
from tests.journeys.people import Person, Upload
from tests.journeys.world import World


@dataclass(frozen=True)
class Papers:
    """Who somebody is by their documents."""

    name: str
    email: str
    born: date
    female: bool
    sequence: int

    @property
    def number(self) -> str:
        return a_number(self.sequence, self.born)


CHEN = Papers("陈静", "chenjing@example.org", date(1996, 5, 20), True, 102)


def signs_up(world: World, papers: Papers, language: str = "zh") -> Person:
    """With an address and the code that the worker sent there."""
    person = world.somebody(papers.name, language)
    page = person.presses("/sign-up", "发送验证码并继续", contact=papers.email, birth_date=papers.born.isoformat(),
                          password=PASSWORD, privacy_notice=True)
    world.the_worker_runs()
    page.says(papers.email)
    person.fills_in(page, "确认并登录", code=world.code_sent_to(papers.email)).says("注册完成")
    return person


def signs_in(world: World, papers: Papers, language: str = "zh") -> Person:
    """On another day, with address and password."""
    person = world.somebody(papers.name, language)
    page = person.presses("/sign-in", {"zh": "登录", "en": "Sign in"}[language], name=papers.email, password=PASSWORD)
    if language == "en":
        person.reads(page.link("EN"))  # an account has its own language until its reader chooses another
    return person


def enrols(person: Person) -> str:
    """In the class that is open to all; gives the reference of the fee that falls due."""
    programmes = person.reads(person.next_step().href)
    programme = person.reads(programmes.link("了解 CAIP"))
    page = person.presses(programme.link("报读"), "报读并查看缴费", direction="D1", cohort="C2611", agreement=True)
    page.says("报读成功", "缴清后即可开始学习")
    return page.link("查看缴费")


def is_paid(world: World, reference: str, trade_no: str) -> None:
    """The finance office records the whole amount."""
    finance = world.staff("caiwu")
    fee = finance.reads("/staff/fees").link(reference)
    finance.presses(fee, "登记缴费", provider="wechat", trade_no=trade_no).says("缴费已登记", "已缴")


def says_who_they_are(person: Person, papers: Papers) -> None:
    """Consents, details, pictures of the document, the photo and its cut; then hands in."""
    person.presses("/identity/consents", "保存我的选择", agree=["sensitive_id", "share_issuer"])
    person.presses("/identity/details", "保存", legal_name=papers.name, id_type="resident_id", id_number=papers.number,
                   birth_date=papers.born.isoformat(), sex="female" if papers.female else "male", nationality="CHN",
                   education="bachelor", employer="示例科技有限公司")
    front, back = (Upload(document(side, papers.name, "居民身份证", papers.number), f"{side}.jpg")
                   for side in ("front", "back"))
    person.presses("/identity/document", "上传", id_front=front, id_back=back).says("已保存")
    sends_a_photo(person, portrait(papers.email, female=papers.female))
    person.presses("/identity/check", "提交：实名信息").says("审核中")


def sends_a_photo(person: Person, picture: bytes) -> None:
    """Uploaded and cut as it comes."""
    crop = person.presses("/identity/photo", "上传并裁剪", photo=Upload(picture, "me.jpg"))
    person.fills_in(crop, "保存这张照片").says("照片已保存")


def is_verified(world: World, papers: Papers) -> None:
    """A reviewer compares, and verifies the identity; the photo is left to the review of an application."""
    reviewer = world.staff("shenhe1")
    waiting = reviewer.reads("/staff/identities?kind=identity")
    reviewer.fills_in(reviewer.reads(waiting.link(papers.name)), "核实通过", "/verify").says("已核实")
