"""Every permission in the program and the roles that hold it, on one page, for one reader."""

from enum import StrEnum

from enroll.foundation.actor import ALONE_PERMISSION
from enroll.foundation.words import N_, Words, say


class Permission(StrEnum):
    SYSTEM = "system"  # the scheduler and the outbox; no role holds it

    # a learner's own records
    LEARN = "learner:learn"
    APPLY = "learner:apply"

    # people
    SEE_LEARNERS = "learners:see"
    REVEAL_IDENTITY = "learners:reveal"
    REVIEW_IDENTITY = "identity:review"
    FOLLOW_LEARNERS = "supervision:follow"
    ANSWER_QUESTIONS = "supervision:answer"
    HANDLE_COMPLAINTS = "supervision:complaints"
    MANAGE_COHORTS = "enrolments:manage"
    ACT_FOR_LEARNERS = "learners:act_for"
    MANAGE_GROUPS = "groups:manage"

    # study
    TEACH = "study:teach"
    MANAGE_BANK = "bank:manage"
    MANAGE_COURSES = "courses:manage"
    REVIEW_HOURS = "hours:review"
    REVOKE_PROOF = "hours:revoke"

    # applications
    REVIEW_APPLICATIONS = "applications:review"
    LEAD_REVIEW = "applications:lead"
    SEE_APPLICATIONS = "applications:see"

    # money
    SEE_FEES = "fees:see"
    MANAGE_FEES = "fees:manage"

    # exam
    MANAGE_WINDOWS = "windows:manage"
    RUN_EXAMS = "exams:run"

    # results
    SEE_RESULTS = "results:see"
    MAKE_RESULTS = "results:make"
    CHECK_RESULTS = "results:check"
    PUBLISH_RESULTS = "results:publish"
    ANSWER_SCORE_REVIEWS = "results:review"

    # certificates
    SEE_CERTIFICATES = "certificates:see"
    REVIEW_ISSUANCE = "certificates:review"
    EXCHANGE = "exchange:run"

    # the house
    SEE_DESK = "desk:see"
    ACT_ALONE = ALONE_PERMISSION
    SEE_AUDIT = "audit:see"
    MANAGE_ACCOUNTS = "accounts:manage"
    RECOVER_ACCESS = "accounts:recover"
    MANAGE_SETTINGS = "settings:manage"


class Role(StrEnum):
    LEARNER = "learner"
    ADVISER = "adviser"
    TRAINER = "trainer"
    REVIEWER = "reviewer"
    REVIEW_LEAD = "review_lead"
    EXAM_OFFICER = "exam_officer"
    FINANCE = "finance"
    RESULT_MAKER = "result_maker"
    RESULT_CHECKER = "result_checker"
    ISSUANCE_REVIEWER = "issuance_reviewer"
    BODY_LIAISON = "body_liaison"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SINGLE_OPERATOR = "single_operator"


ROLE_NAMES: dict[Role, str] = {
    Role.LEARNER: N_("Learner"),
    Role.ADVISER: N_("Adviser"),
    Role.TRAINER: N_("Trainer"),
    Role.REVIEWER: N_("Reviewer"),
    Role.REVIEW_LEAD: N_("Review lead"),
    Role.EXAM_OFFICER: N_("Exam officer"),
    Role.FINANCE: N_("Finance"),
    Role.RESULT_MAKER: N_("Result maker"),
    Role.RESULT_CHECKER: N_("Result checker"),
    Role.ISSUANCE_REVIEWER: N_("Issuance reviewer"),
    Role.BODY_LIAISON: N_("Body liaison"),
    Role.AUDITOR: N_("Auditor"),
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.SINGLE_OPERATOR: N_("Single operator"),
}

P = Permission

PERMISSION_NAMES: dict[Permission, str] = {
    P.ACT_ALONE: N_("Do both of two separated duties, with a reason on record"),
    P.SEE_LEARNERS: N_("See learners, masked"),
    P.REVEAL_IDENTITY: N_("See a whole document number, with a reason"),
    P.REVIEW_IDENTITY: N_("Decide identity checks and photos"),
    P.FOLLOW_LEARNERS: N_("Follow learners and note contacts"),
    P.ANSWER_QUESTIONS: N_("Answer learners' questions"),
    P.HANDLE_COMPLAINTS: N_("Record and answer complaints"),
    P.MANAGE_COHORTS: N_("Manage cohorts and enrolments"),
    P.MANAGE_GROUPS: N_("Manage groups of employers and their rosters"),
    P.ACT_FOR_LEARNERS: N_("Act for learners who ask for it"),
    P.TEACH: N_("Teach: lessons, practical tasks, live classes"),
    P.MANAGE_BANK: N_("Manage the question bank and mock exams"),
    P.MANAGE_COURSES: N_("Write and publish courses"),
    P.REVIEW_HOURS: N_("Decide claimed and adjusted hours"),
    P.REVOKE_PROOF: N_("Revoke a proof of hours"),
    P.REVIEW_APPLICATIONS: N_("Review applications"),
    P.LEAD_REVIEW: N_("Exceptions, reopening, extensions"),
    P.SEE_APPLICATIONS: N_("See applications and their evidence, and decide nothing"),
    P.SEE_FEES: N_("See fees and payments"),
    P.MANAGE_FEES: N_("Record payments, refunds and invoices"),
    P.MANAGE_WINDOWS: N_("Manage exam windows, sites and sittings"),
    P.RUN_EXAMS: N_("Seats, tickets, check-in and incidents"),
    P.SEE_RESULTS: N_("See results before publication"),
    P.MAKE_RESULTS: N_("Enter and import marks"),
    P.CHECK_RESULTS: N_("Check marks"),
    P.PUBLISH_RESULTS: N_("Lock and publish results"),
    P.ANSWER_SCORE_REVIEWS: N_("Answer score reviews"),
    P.SEE_CERTIFICATES: N_("See certificate cases"),
    P.REVIEW_ISSUANCE: N_("Approve certificates"),
    P.EXCHANGE: N_("Report batches, record replies and numbers"),
    P.SEE_DESK: N_("See the desk"),
    P.SEE_AUDIT: N_("Read the audit log"),
    P.MANAGE_ACCOUNTS: N_("Manage accounts and roles"),
    P.RECOVER_ACCESS: N_("Give a learner without phone and e-mail a new sign-in address, as one of two people"),
    P.MANAGE_SETTINGS: N_("Manage rules and settings"),
}

STAFF = frozenset({P.SEE_DESK, P.SEE_LEARNERS})

ROLE_GRANTS: dict[Role, frozenset[Permission]] = {
    Role.LEARNER: frozenset({P.LEARN, P.APPLY}),
    Role.ADVISER: STAFF | {P.FOLLOW_LEARNERS, P.ANSWER_QUESTIONS, P.MANAGE_COHORTS, P.HANDLE_COMPLAINTS,
                           P.ACT_FOR_LEARNERS, P.MANAGE_GROUPS},
    Role.TRAINER: STAFF | {P.TEACH, P.ANSWER_QUESTIONS, P.MANAGE_BANK, P.MANAGE_COURSES, P.REVIEW_HOURS},
    Role.REVIEWER: STAFF | {P.REVIEW_IDENTITY, P.REVEAL_IDENTITY, P.REVIEW_APPLICATIONS, P.REVIEW_HOURS,
                             P.RECOVER_ACCESS},
    Role.REVIEW_LEAD: STAFF | {
        P.REVIEW_IDENTITY, P.REVEAL_IDENTITY, P.REVIEW_APPLICATIONS, P.LEAD_REVIEW, P.REVIEW_HOURS, P.REVOKE_PROOF,
        P.SEE_RESULTS, P.PUBLISH_RESULTS, P.ANSWER_SCORE_REVIEWS, P.HANDLE_COMPLAINTS, P.RECOVER_ACCESS,
    },
    Role.EXAM_OFFICER: STAFF | {P.MANAGE_WINDOWS, P.RUN_EXAMS, P.ACT_FOR_LEARNERS, P.MANAGE_GROUPS},
    Role.FINANCE: STAFF | {P.SEE_FEES, P.MANAGE_FEES},
    Role.RESULT_MAKER: STAFF | {P.SEE_RESULTS, P.MAKE_RESULTS},
    Role.RESULT_CHECKER: STAFF | {P.SEE_RESULTS, P.CHECK_RESULTS},
    Role.ISSUANCE_REVIEWER: STAFF | {P.SEE_CERTIFICATES, P.REVIEW_ISSUANCE},
    Role.BODY_LIAISON: STAFF | {P.SEE_CERTIFICATES, P.EXCHANGE},
    Role.AUDITOR: STAFF | {P.SEE_FEES, P.SEE_APPLICATIONS, P.SEE_RESULTS, P.SEE_CERTIFICATES, P.SEE_AUDIT},
    Role.ADMINISTRATOR: STAFF | {
        P.MANAGE_ACCOUNTS, P.MANAGE_SETTINGS, P.MANAGE_COHORTS, P.MANAGE_COURSES, P.SEE_AUDIT,
        P.RECOVER_ACCESS,
    },
    # A small office's exception (lifecycles R8), given for a time: off for everybody who does not hold it. It opens no
    # page by itself; what its holder may do anyway, they may do as the second person too, with a reason on record.
    Role.SINGLE_OPERATOR: STAFF | {P.ACT_ALONE},
}


def granted(roles: frozenset[Role]) -> frozenset[str]:
    return frozenset(str(permission) for role in roles for permission in ROLE_GRANTS[role])


# Duties one person must not hold together for the same exam window (lifecycles R8). A small office may, and it shows.
APART: tuple[tuple[Role, Role, str], ...] = (
    (Role.RESULT_MAKER, Role.RESULT_CHECKER, N_("Enters marks and checks them: the same mark needs two people.")),
    (Role.RESULT_MAKER, Role.ISSUANCE_REVIEWER, N_("Enters marks and reviews certificates: not for the same learner.")),
    (Role.RESULT_CHECKER, Role.ISSUANCE_REVIEWER,
     N_("Checks marks and reviews certificates: not for the same learner.")),
    (Role.TRAINER, Role.ISSUANCE_REVIEWER, N_("Teaches and reviews certificates: not as a learner's only trainer.")),
    (Role.AUDITOR, Role.ADMINISTRATOR, N_("Audits what the same person administers.")),
)

# A small team (小团队): seven people can run a window with every duty apart; roles beyond are given one by one.
BUNDLES: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("study", N_("Small team: study"), frozenset({Role.ADVISER, Role.TRAINER})),
    ("review", N_("Small team: review"), frozenset({Role.REVIEWER, Role.RESULT_MAKER})),
    ("lead", N_("Small team: lead"), frozenset({Role.REVIEW_LEAD, Role.RESULT_CHECKER})),
    ("exams", N_("Small team: exams and money"), frozenset({Role.EXAM_OFFICER, Role.FINANCE})),
    ("issuance", N_("Small team: certificates"), frozenset({Role.ISSUANCE_REVIEWER, Role.BODY_LIAISON})),
)


def duties_to_watch(roles: frozenset[Role]) -> list[Words]:
    """What to keep apart when one person holds these roles: shown, not forbidden; each decision refuses by itself."""
    return [say(text) for one, other, text in APART if one in roles and other in roles]
