"""The application, put together: with its menu, the only file that sees every package."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from enroll import commands, menu
from enroll.accounts import jobs as accounts_jobs
from enroll.accounts import staff_views as accounts_staff
from enroll.accounts.queries import has_demo_accounts
from enroll.accounts.views import own, presence, recovery, sessions, signing_in
from enroll.admission import jobs as admission_jobs
from enroll.admission.events import IncidentMoved, PrintAsked, TicketReleased
from enroll.admission.queries.excuses import unsound_excuses
from enroll.admission.queries.incidents import unsound_incidents
from enroll.admission.queries.rooming_soundness import unsound_rooming
from enroll.admission.staff_views import every as exam_days
from enroll.admission.views import every as own_exam_days
from enroll.applications import jobs as applications_jobs
from enroll.applications.events import AccommodationMoved, ApplicationMoved, OutageConfirmed
from enroll.applications.queries.accommodations import unsound_accommodations
from enroll.applications.queries.due import affected_by_window
from enroll.applications.queries.helped_soundness import unsound_help
from enroll.applications.queries.review_soundness import unsound_review
from enroll.applications.queries.soundness import unsound_applications
from enroll.applications.staff_views import accommodations as accommodations_staff
from enroll.applications.staff_views import (
    beside,
    leading,
    listing,
    outages,
    postponing,
    relocating,
    rescheduling,
    reviewing,
    standing_in,
)
from enroll.applications.views import accommodations as own_accommodations
from enroll.applications.views import applying, following, keeping, seats, signing, transferring
from enroll.certificates import jobs as certificates_jobs
from enroll.certificates import staff_views as certificates_staff
from enroll.certificates import views as certificates_views
from enroll.certificates.events import CertificateRecorded
from enroll.certificates.queries.soundness import unsound_certificates
from enroll.corrections import staff_views as corrections_staff
from enroll.corrections import views as corrections_views
from enroll.corrections.queries import unsound_corrections
from enroll.courses import jobs as courses_jobs
from enroll.courses.queries.editions import unsound_editions
from enroll.courses.queries.live_soundness import unsound_live_classes
from enroll.courses.queries.work_soundness import unsound_uploads, unsound_works
from enroll.courses.staff_views import authoring, materials, writing
from enroll.courses.staff_views import entering as courses_entering
from enroll.courses.staff_views import live as live_staff
from enroll.courses.staff_views import marking as courses_marking
from enroll.courses.staff_views import packing as course_packing
from enroll.courses.staff_views import practical as courses_staff
from enroll.courses.views import claims as claimed_pages
from enroll.courses.views import continuing
from enroll.courses.views import directions as direction_pages
from enroll.courses.views import disputes as disputed_pages
from enroll.courses.views import hours as hours_pages
from enroll.courses.views import ledger as ledger_file
from enroll.courses.views import live as live_classes
from enroll.courses.views import notes as noted_pages
from enroll.courses.views import practice as practice_pages
from enroll.courses.views import quizzes as quiz_pages
from enroll.courses.views import receipts as receipt_pages
from enroll.courses.views import sending as sent_files
from enroll.courses.views import study as study_pages
from enroll.courses.views import timing as timing_pages
from enroll.demo import views as demo
from enroll.desk import views as desk_machines
from enroll.desk.events import WindowFileAsked
from enroll.desk.jobs import make_window_file
from enroll.desk.queries.soundness import Check
from enroll.desk.queries.waiting import rail_counts
from enroll.desk.rules.acts import words_of_act
from enroll.desk.staff_views import desk, window_files
from enroll.desk.staff_views import imports as desk_imports
from enroll.documents.pdf import use_extra_fonts
from enroll.documents.photos import PhotoRule
from enroll.enrolments import jobs as enrolment_jobs
from enroll.enrolments import views as enrolments
from enroll.enrolments.events import EnrolmentMoved
from enroll.enrolments.staff_views import cohorts as staff_cohorts
from enroll.enrolments.staff_views import enrolments as staff_enrolments
from enroll.exchange import jobs as exchange_jobs
from enroll.exchange import staff_views as exchange_staff
from enroll.exchange.events import ReplyApplied
from enroll.fees import views as fees
from enroll.fees.events import FeeSettled, PaymentCameLate
from enroll.fees.staff_views import acting, group, importing, lists, returning
from enroll.foundation.clock import SystemClock, local_day
from enroll.groups import staff_views as groups_staff
from enroll.groups import views as group_pages
from enroll.groups.queries import unsound_groups
from enroll.handovers import jobs as handovers_jobs
from enroll.handovers import staff_views as handovers_staff
from enroll.handovers.events import HandoverConfirmed
from enroll.handovers.queries import unsound_handovers
from enroll.home import jobs as home_jobs
from enroll.home import views as home
from enroll.hours import jobs as hours_jobs
from enroll.hours.events import DisputeDecided, DoubtDecided, EntryReversed, ProofIssued, ProofRevoked
from enroll.hours.queries.soundness import unsound_decisions
from enroll.hours.services.leaving import refund_on_leaving
from enroll.hours.staff_views import adjustments as hours_adjustments
from enroll.hours.staff_views import anomalies as hours_anomalies
from enroll.hours.staff_views import claims as hours_claims
from enroll.hours.staff_views import disputes as hours_disputes
from enroll.hours.staff_views import doubts as hours_doubts
from enroll.hours.staff_views import ledgers as hours_ledgers
from enroll.hours.staff_views import proofs as hours_proofs
from enroll.hours.staff_views import tabs as hours_staff
from enroll.learners.events import ConsentWithdrawn, IdentityVerified
from enroll.learners.staff_views import queue as identity_queue
from enroll.learners.staff_views import review as identity_review
from enroll.learners.views import activation, consents, document, guardian, identity, photo, rare_name, sign_up
from enroll.learners.views import pages as learners
from enroll.notifications import exam, helping, office, study, supervision
from enroll.notifications import views as notifications
from enroll.notifications.events import DispatchQueued
from enroll.notifications.queries import UNREAD, letters_left_behind
from enroll.notifications.services import send_dispatch, teller
from enroll.programmes.events import WindowDateMoved, WindowMoved
from enroll.programmes.queries.programmes import photo_check_of, programmes
from enroll.programmes.staff_views import announcements, dated_settings, planning, wording, worked_days, years
from enroll.programmes.views import calendar, certificates, front, self_check, site
from enroll.questions import jobs as questions_jobs
from enroll.questions.staff_views import bank, editing
from enroll.questions.staff_views import importing as questions_importing
from enroll.questions.staff_views import mocks as planned_mocks
from enroll.questions.views import book, mocks, rounds
from enroll.questions.views import practice as drills
from enroll.recovery import jobs as recovery_jobs
from enroll.recovery import staff_views as recovery_staff
from enroll.recovery import views as lost_views
from enroll.recovery.queries import unsound_recoveries
from enroll.results import jobs as results_jobs
from enroll.results import views as results
from enroll.results.events import OutcomePublished
from enroll.results.queries.soundness import unsound_results
from enroll.results.staff_views import blueprint as results_staff
from enroll.results.staff_views import grids as results_grids
from enroll.results.staff_views import imports as results_imports
from enroll.results.staff_views import overview as results_overview
from enroll.results.staff_views import reviews as results_reviews
from enroll.sittings import jobs as sittings_jobs
from enroll.sittings.events import BookingMoved
from enroll.sittings.queries import seats_left_in
from enroll.sittings.staff_views import planning as sittings_staff
from enroll.sittings.staff_views import sites as exam_sites
from enroll.storage.database import db
from enroll.storage.files import files_can_be_kept
from enroll.storage.outbox import Outbox
from enroll.storage.worker import Job, jobs_in_trouble, worker_is_alive
from enroll.supervision import jobs as supervision_jobs
from enroll.supervision.queries.asking import unsound_questions
from enroll.supervision.queries.complaints import unsound_complaints
from enroll.supervision.queries.sending import unsound_supervision
from enroll.supervision.staff_views import asking as answering
from enroll.supervision.staff_views import complaints as staff_complaints
from enroll.supervision.staff_views import following as advising
from enroll.supervision.views import asking, complaints
from enroll.supervision.views import own as supervised
from enroll.verification import views as verification
from enroll.web import errors, headers, language, layout, navigation, pages, throttle, uploads
from enroll.web.access import close_unmarked_routes, public
from enroll.web.addresses import CONVERTERS
from enroll.web.language import show_moment
from enroll.web.moments import now

ROOT = Path(__file__).parent.parent

# In the order of the learner's journey, as everywhere.
BLUEPRINTS = [
    pages.pages,
    signing_in.accounts, recovery.recovery, own.own, accounts_staff.staff_accounts,
    learners.learners, identity_queue.staff_identities,
    front.programmes, planning.staff_windows, dated_settings.staff_settings, announcements.staff_announcements,
    hours_staff.staff,
    drills.practice, mocks.mocks, bank.bank_staff,
    study_pages.courses, timing_pages.timing, quiz_pages.quizzes, practice_pages.practice, hours_pages.hours,
    courses_staff.staff, courses_entering.staff_entering, authoring.authoring, live_classes.live_pages,
    live_staff.pages, direction_pages.directions,
    fees.fees, lists.fees_staff,
    enrolments.enrolments, staff_enrolments.enrolments_staff,
    sittings_staff.pages,
    applying.applications, seats.seats, signing.signing, relocating.relocating,
    rescheduling.rescheduling, outages.outages_staff, listing.applications_staff, accommodations_staff.staff,
    group_pages.groups, groups_staff.staff,
    *own_exam_days.PAGES, *exam_days.PAGES,
    results.results, results_staff.results_staff,
    certificates_views.certificates, certificates_staff.certificates_staff,
    exchange_staff.pages,
    corrections_views.corrections, corrections_staff.staff,
    lost_views.lost, recovery_staff.staff,
    handovers_staff.pages,
    asking.questions, answering.staff, complaints.complaints, staff_complaints.staff,
    supervised.supervision, advising.staff,
    home.pages,
    desk.pages, desk_machines.machines,
    verification.verification,
    notifications.pages,
    demo.pages,
]

# Files whose routes join the blueprint of another file of their package.
ROUTES = (materials, writing, course_packing, noted_pages, activation, consents, document, guardian, identity, photo,
          sign_up, identity_review, book, rounds, editing, questions_importing, planned_mocks, courses_marking,
          continuing, receipt_pages,
          sent_files, hours_adjustments, hours_anomalies, hours_claims, claimed_pages, ledger_file, hours_disputes,
          hours_doubts, hours_ledgers, hours_proofs, disputed_pages, calendar, certificates, self_check, worked_days,
          wording, years, acting, group, importing, returning, staff_cohorts, following, leading, reviewing,
          results_grids, results_imports, results_overview, results_reviews, desk_imports, window_files, rare_name,
          transferring, keeping, postponing, standing_in, beside, exam_sites,
          own_accommodations)

# What the worker runs every half minute; each asks again under its locks, so running twice does nothing twice.
JOBS: list[Job] = [accounts_jobs.forget_unconfirmed_accounts, questions_jobs.finish_mocks, courses_jobs.every_minute,
                   sittings_jobs.tend_waiting_lists, applications_jobs.lapse_due, applications_jobs.warn_of_deadlines,
                   applications_jobs.look_over_waiting,
                   admission_jobs.confirm_online_parts, supervision_jobs.send_summaries,
                   home_jobs.remind_of_next_step, recovery_jobs.carry_recoveries_on]

# Further checks of `flask doctor`, from the packages that know their own rules best.
SOUNDNESS: list[tuple[str, Check]] = [
    ("learners finish the edition they began", unsound_editions),
    ("published results rest on two people", unsound_results),
    ("what was decided about hours stands in the ledger", unsound_decisions),
    ("applications moved to other windows and dates as somebody decided", unsound_applications),
    ("second opinions and spot checks are of two people, drawn by the audit", unsound_review),
    ("the rooming gives each seat once, and tickets name it", unsound_rooming),
    ("accommodations are decided by others than their learner", unsound_accommodations),
    ("certificates are stood for by two independent people", unsound_certificates),
    ("whoever is excused was granted it, by another", unsound_excuses),
    ("void results rest on an incident, decided by another", unsound_incidents),
    ("corrections are carried out by others than their learner", unsound_corrections),
    ("groups name their members’ own applications, and their money adds up", unsound_groups),
    ("lost sign-ins rest on two people and a waiting time", unsound_recoveries),
    ("hours of before rest on two people and a source", unsound_handovers),
    ("what is sent by itself keeps the night and what people chose", unsound_supervision),
    ("complaints are answered by others than those they are about", unsound_complaints),
    ("who acts for learners neither decides nor agrees for them", unsound_help),
    ("live classes are credited once, for time that was free", unsound_live_classes),
    ("works wait with somebody who marks them", unsound_works),
    ("files on their way come whole or are cleared", unsound_uploads),
    ("answers to questions are real and name nobody", unsound_questions),
    ("no letter was left behind", letters_left_behind),
    ("every scheduled job does its work", jobs_in_trouble),
]

DEFAULTS = {
    "MAX_CONTENT_LENGTH": 256 * 1024,  # views that take files set their own, larger limit
    "MAX_FORM_PARTS": 1000,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_COOKIE_PATH": "/",
    "PERMANENT_SESSION_LIFETIME": timedelta(days=60),
    "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a learner may fill in a form over lunch
    "RATELIMIT_STORAGE_URI": "memory://",
    # The program asks some 1,300 different questions; with SQLAlchemy's 500 the rarer ones are compiled every time.
    "SQLALCHEMY_ENGINE_OPTIONS": {"query_cache_size": 2000},
    "SITE_KEPT_SECONDS": 20,  # how long a process believes what it read about the house
}


def create_app(settings: dict[str, Any]) -> Flask:
    """The application for these settings (config.py names them). Refuses nothing by itself: `config.checked` does."""
    app = Flask(__name__, template_folder=str(ROOT / "templates"), instance_path=str(ROOT / "instance"))
    app.config.from_mapping(DEFAULTS)
    app.config.from_mapping(settings)
    insecure = app.config["INSECURE_COOKIES"]
    app.config.update(SESSION_COOKIE_NAME="enroll" if insecure else "__Host-enroll", SESSION_COOKIE_SECURE=not insecure)
    if app.config.get("REDIS_URL"):
        app.config["RATELIMIT_STORAGE_URI"] = app.config["REDIS_URL"]
    if app.config.get("PROXIES"):
        proxies = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    if app.config.get("FONT_DIR"):
        use_extra_fonts(Path(app.config["FONT_DIR"]))
    app.url_map.converters.update(CONVERTERS)
    app.jinja_env.filters["act_words"] = lambda act: language.translate(words_of_act(act))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["clock"] = settings.get("CLOCK") or SystemClock()
    app.extensions["real_clock"] = SystemClock()
    app.extensions["readiness"] = {
        "database": pages.database_answers, "files": files_can_be_kept, "worker": worker_is_alive,
    }
    app.extensions["jobs"] = JOBS
    app.extensions["photo_rule"] = photo_rule_at
    app.extensions["seats_left"] = seats_left_in
    app.extensions["affected_by_window"] = affected_by_window
    app.extensions["training_refund"] = refund_on_leaving
    db.init_app(app)
    uploads.init_app(app)
    CSRFProtect(app)
    throttle.limiter.init_app(app)
    language.init_app(app)
    layout.init_app(app)
    sessions.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    navigation.init_app(app, menu.NAVIGATION, waiting_for)
    app.context_processor(on_every_page)
    listen(Outbox()).init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    public(app.view_functions["static"])
    close_unmarked_routes(app)
    presence.init_app(app)
    commands.init_app(app)
    return app


def waiting_for(person: Any) -> Mapping[str, tuple[int, bool]]:
    """What waits for somebody: their queues and, as `unread`, their messages; one statement a page."""
    if "waiting" not in g:
        g.waiting = rail_counts(db.session(), person.actor, now(), (("unread", UNREAD),))
    waiting: Mapping[str, tuple[int, bool]] = g.waiting
    return waiting


def on_every_page() -> dict[str, Any]:
    """What layouts show of packages they do not know: who runs the house, unread messages, and the demo's day. Head
    and foot both ask about the house: a page asks once."""
    unread = waiting_for(current_user)["unread"][0] if current_user.is_authenticated else 0
    demo = {"today_label": show_moment(now(), year=True)} if current_app.config["DEMO"] else None
    return {"unread_messages": unread, "demo": demo, "about_house": cache(site.site)}


def photo_rule_at(moment: datetime) -> PhotoRule:
    """What the photo must be: by the programme that can be enrolled on, else what is usual. Learners ask; programmes,
    who know, stand later in the journey."""
    session = db.session()
    for programme in programmes(session):
        if programme.enrolment_open and (rule := photo_check_of(programme, local_day(moment))):
            return rule
    return learners.USUAL_PHOTO


def holds_demo_accounts() -> bool:
    return has_demo_accounts(db.session())


def listen(outbox: Outbox) -> Outbox:
    """Which handler hears which event; the way forward in time from an earlier package to a later one."""
    outbox.on(FeeSettled, enrolment_jobs.study_once_paid)
    outbox.on(IdentityVerified, hours_jobs.issue_what_waited)
    outbox.on(EnrolmentMoved, hours_jobs.give_fee_back)
    outbox.on(ProofIssued, hours_jobs.print_proof, slow=True)
    outbox.on(DoubtDecided, courses_jobs.follow_decided_doubt)
    outbox.on(DisputeDecided, courses_jobs.follow_decided_dispute)
    outbox.on(EntryReversed, courses_jobs.follow_reversed_entry)
    outbox.on(WindowMoved, applications_jobs.when_window_moved)
    outbox.on(WindowDateMoved, applications_jobs.when_window_date_moved)
    outbox.on(FeeSettled, applications_jobs.when_fee_settled)
    outbox.on(PaymentCameLate, applications_jobs.when_payment_late)
    outbox.on(ProofRevoked, applications_jobs.when_proof_revoked)
    outbox.on(ConsentWithdrawn, applications_jobs.when_consent_withdrawn)
    outbox.on(ApplicationMoved, applications_jobs.when_application_moved)
    outbox.on(OutageConfirmed, applications_jobs.when_outage_confirmed)
    outbox.on(ApplicationMoved, applications_jobs.look_over_submission, slow=True)
    outbox.on(ApplicationMoved, applications_jobs.draw_for_spot_check, slow=True)
    outbox.on(BookingMoved, admission_jobs.follow_booking)
    outbox.on(AccommodationMoved, admission_jobs.follow_accommodation)
    outbox.on(IncidentMoved, certificates_jobs.follow_incident)
    outbox.on(TicketReleased, admission_jobs.print_ticket, slow=True)
    outbox.on(PrintAsked, admission_jobs.print_all, slow=True)
    outbox.on(WindowFileAsked, make_window_file, slow=True)
    for event, tell in (*study.TELLS, *exam.TELLS, *office.TELLS, *helping.TELLS, *supervision.TELLS):
        outbox.on(event, teller(tell))
    outbox.on(BookingMoved, results_jobs.follow_booking)
    outbox.on(OutcomePublished, certificates_jobs.open_case)
    outbox.on(CertificateRecorded, certificates_jobs.print_record, slow=True)
    outbox.on(DispatchQueued, send_dispatch, slow=True)
    outbox.on(HandoverConfirmed, handovers_jobs.write_confirmed, slow=True)
    outbox.on(ReplyApplied, exchange_jobs.confirm_online_parts)
    return outbox
