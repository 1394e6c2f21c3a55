"""The kinds of list: what stands in each, who may bring it, and who confirms it."""

from dataclasses import dataclass

from enroll.accounts.permissions import Permission
from enroll.documents.reading import KnownColumn
from enroll.foundation.words import N_

P = Permission
LEARNER = (
    KnownColumn("learner", ("学员", "学员编号", "手机或邮箱", "Learner")),
    KnownColumn("name", ("姓名", "Name")),
)


@dataclass(frozen=True)
class Kind:
    """`confirm` is empty where nobody else has to stand for the list; `example` is a row of the blank list."""

    key: str
    label: str
    about: str
    columns: tuple[KnownColumn, ...]
    example: tuple[str, ...]
    bring: tuple[Permission, ...]
    confirm: tuple[Permission, ...] = ()

    @property
    def two_people(self) -> bool:
        return bool(self.confirm)

    @property
    def staged_as(self) -> str:
        """How an import of this kind is called among all imports."""
        return f"handover:{self.key}"


KINDS = {one.key: one for one in (
    Kind(
        "cohorts", N_("Cohorts"), N_("First of all: each cohort with its programme and adviser."),
        (
            KnownColumn("code", ("班级代码", "Cohort")), KnownColumn("name_zh", ("班级名称", "Name")),
            KnownColumn("name_en", ("英文名称", "English name"), required=False),
            KnownColumn("programme", ("证书项目", "Programme")),
            KnownColumn("adviser", ("督学老师用户名", "Adviser")),
            KnownColumn("source", ("来源", "Source")),
        ),
        ("C2511", "2025年11月班", "", "CAIP", "banzhuren", "自主报名"),
        (P.MANAGE_COHORTS,),
    ),
    Kind(
        "learners", N_("Learners"),
        N_("Each gets an account and an enrolment, and a message with a link by which they take the account over. "
           "Document numbers are not brought: the learner enters them, after agreeing to it."),
        (
            KnownColumn("name", ("姓名", "Name")), KnownColumn("contact", ("手机或邮箱", "Phone or e-mail")),
            KnownColumn("birth_date", ("出生日期", "Date of birth")), KnownColumn("cohort", ("班级代码", "Cohort")),
            KnownColumn("direction", ("专业方向", "Direction")),
            KnownColumn("employer", ("工作单位", "Employer"), required=False),
            KnownColumn("payer", ("缴费方", "Who pays"), required=False),
            KnownColumn("language", ("语言", "Language"), required=False),
        ),
        ("古丽米热·艾比布力", "13800000000", "1996-05-04", "C2511", "D1", "", "本人", "zh"),
        (P.MANAGE_COHORTS,),
    ),
    Kind(
        "hours", N_("Hours"),
        N_("Minutes that were counted before, per learner and course. Each row becomes entries of the ledger, marked "
           "as brought over, with both people and the source."),
        (
            *LEARNER, KnownColumn("course", ("课程代码", "Course")), KnownColumn("kind", ("类型", "Kind")),
            KnownColumn("minutes", ("分钟", "Minutes")), KnownColumn("from", ("起始日期", "From")),
            KnownColumn("until", ("截止日期", "Until")), KnownColumn("source", ("依据", "Evidence")),
        ),
        ("13800000000", "古丽米热·艾比布力", "G1", "知识", "225", "2026-03-01", "2026-05-31", "原平台学时记录第12页"),
        (P.REVIEW_HOURS,), (P.REVIEW_HOURS,),
    ),
    Kind(
        "parts", N_("Passed parts"),
        N_("A part passed in an earlier window that still counts: the learner then sits the missing part only."),
        (
            *LEARNER, KnownColumn("programme", ("证书项目", "Programme")), KnownColumn("part", ("科目", "Part")),
            KnownColumn("window", ("考期", "Window")), KnownColumn("kept_until", ("保留至考期", "Kept until")),
            KnownColumn("source", ("依据", "Evidence")),
        ),
        ("13800000000", "古丽米热·艾比布力", "CAIP", "理论", "202609", "202703", "发证机构2026年9月成绩通知"),
        (P.MAKE_RESULTS, P.PUBLISH_RESULTS), (P.CHECK_RESULTS, P.PUBLISH_RESULTS),
    ),
    Kind(
        "certificates", N_("Certificates of before"),
        N_("Certificates the issuing body gave out before our first day: shown to their holders and on the public "
           "page, as recorded by us."),
        (
            *LEARNER, KnownColumn("programme", ("证书项目", "Programme")),
            KnownColumn("number", ("证书编号", "Number")),
            KnownColumn("issued_on", ("发证日期", "Issued on")),
            KnownColumn("valid_until", ("有效期至", "Valid until"), required=False),
            KnownColumn("source", ("依据", "Evidence")),
        ),
        ("13800000000", "古丽米热·艾比布力", "CAIP", "CAIP-202509-TX01-00000-0", "2025-11-10", "", "证书扫描件"),
        (P.EXCHANGE,), (P.REVIEW_ISSUANCE,),
    ),
)}  # fmt: skip
