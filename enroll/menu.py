"""What stands in the navigation of a learner, of the staff, and of everybody: in which group, and who sees it."""

from enroll.accounts.permissions import Permission
from enroll.admission.staff_views import excuses, incidents
from enroll.applications.staff_views import listing, outages
from enroll.corrections import staff_views as corrections_staff
from enroll.courses.staff_views import authoring
from enroll.desk.staff_views import desk, window_files
from enroll.desk.staff_views import imports as desk_imports
from enroll.enrolments.staff_views import enrolments as staff_enrolments
from enroll.fees.staff_views import lists
from enroll.foundation.words import N_
from enroll.groups import staff_views as groups_staff
from enroll.handovers import staff_views as handovers_staff
from enroll.hours.staff_views import tabs as hours_staff
from enroll.programmes.staff_views import announcements, dated_settings, planning
from enroll.questions.staff_views import bank
from enroll.recovery import staff_views as recovery_staff
from enroll.sittings.staff_views import planning as sittings_staff
from enroll.supervision.staff_views import complaints as staff_complaints
from enroll.web.navigation import Entry

NAVIGATION: list[Entry] = [
    Entry("accounts", N_("Accounts and roles"), "users", "staff_accounts.index", "manage",
          (Permission.MANAGE_ACCOUNTS,)),
    Entry("identity", N_("Identity and photo"), "id", "learners.identity", "more", (Permission.LEARN,)),
    Entry("consents", N_("What I agreed to"), "signature", "learners.my_consents", "account", (Permission.LEARN,)),
    Entry("on_my_behalf", N_("Done on my behalf"), "users", "learners.on_my_behalf", "account", (Permission.LEARN,)),
    Entry("identities", N_("Identities and photos"), "id", "staff_identities.index", "queue",
          (Permission.REVIEW_IDENTITY,)),
    Entry("comparison", N_("Certificates compared"), "arrows-left-right", "programmes.comparison", "public"),
    Entry("exam_windows", N_("Exam windows"), "calendar-event", "programmes.windows", "public"),
    Entry("verify", N_("Verify a certificate"), "shield-check", "verification.look_up", "public"),
    Entry("help", N_("Help and contact"), "help-circle", "programmes.help", "public"),
    Entry("windows", N_("Exam windows"), "calendar-event", "staff_windows.index", "manage", planning.SEES),
    Entry("outages", N_("Outages"), "alert-triangle", "outages_staff.index", "manage", outages.SEES),
    Entry("announcements", N_("Announcements"), "note", "staff_announcements.index", "manage", announcements.WRITES),
    Entry("own_fees", N_("Fees"), "receipt", "fees.mine", "more", (Permission.LEARN,)),
    Entry("fees", N_("Fees"), "receipt", "fees_staff.queue", "queue", lists.SEES),
    Entry("settings", N_("Settings"), "settings", "staff_settings.index", "manage", dated_settings.SEES),
    Entry("home", N_("Home"), "home", "home.show", "tab", (Permission.LEARN,)),
    Entry("study", N_("Study"), "book-2", "courses.study", "tab", (Permission.LEARN,)),
    Entry("my_hours", N_("My hours"), "hourglass", "hours.mine", "more", (Permission.LEARN,)),
    Entry("live", N_("Live classes"), "calendar-event", "live.index", "more", (Permission.LEARN,)),
    Entry("practice", N_("Question practice"), "pencil", "practice.index", "tab", (Permission.LEARN,)),
    Entry("mock_exams", N_("Mock exams"), "clock", "mocks.index", "more", (Permission.LEARN,)),
    Entry("courses", N_("Courses"), "book-2", "authoring.index", "manage", authoring.SEES),
    Entry("bank", N_("Question bank"), "database", "bank_staff.index", "manage", bank.SEES),
    Entry("hours", N_("Hours to decide"), "hourglass", "hours_staff.queue", "queue", hours_staff.SEES),
    Entry("practical", N_("Practice assignments"), "checklist", "courses_staff.practical", "queue",
          (Permission.TEACH,)),
    Entry("live_classes", N_("Live classes"), "calendar-event", "live_staff.index", "queue", (Permission.TEACH,)),
    Entry("sittings", N_("Sittings"), "armchair", "sittings_staff.index", "manage", sittings_staff.SEES),
    Entry("applications", N_("Applications"), "clipboard-check", "applications_staff.queue", "queue",
          listing.SEES),
    Entry("accommodations", N_("Accommodations"), "checklist", "accommodations_staff.queue", "queue",
          (Permission.LEAD_REVIEW,)),
    Entry("groups", N_("Group applications"), "users", "groups_staff.index", "manage", groups_staff.SEES),
    Entry("own_applications", N_("Exam registration"), "calendar-event", "applications.mine", "tab",
          (Permission.APPLY,)),
    Entry("me", N_("Me"), "user", "account.profile", "tab", (Permission.LEARN,)),
    Entry("enrolment", N_("My enrolment"), "school", "enrolments.mine", "more", (Permission.LEARN,)),
    Entry("enrolments", N_("Enrolments"), "list-check", "enrolments_staff.queue", "manage", staff_enrolments.SEES),
    Entry("cohorts", N_("Cohorts"), "school", "enrolments_staff.cohorts", "manage", (Permission.MANAGE_COHORTS,)),
    Entry("admission", N_("Exam days"), "armchair", "admission_staff.days", "queue", (Permission.RUN_EXAMS,)),
    Entry("incidents", N_("Incidents"), "alert-triangle", "incidents_staff.queue", "queue", incidents.SEES),
    Entry("excuses", N_("Requests to be excused"), "hourglass", "excuses_staff.queue", "queue", excuses.SEES),
    Entry("my_results", N_("Results"), "award", "results.mine", "more", (Permission.LEARN,)),
    Entry("results", N_("Results"), "award", "results_staff.overview", "queue", (Permission.SEE_RESULTS,)),
    Entry("score_reviews", N_("Score reviews"), "list-check", "results_staff.score_reviews", "queue",
          (Permission.ANSWER_SCORE_REVIEWS, Permission.SEE_RESULTS)),
    Entry("my_certificates", N_("Certificates"), "certificate", "certificates.mine", "more", (Permission.LEARN,)),
    Entry("certificates", N_("Issuance review"), "certificate", "certificates_staff.queue", "queue",
          (Permission.SEE_CERTIFICATES,)),
    Entry("exchange", N_("Issuing body"), "send", "exchange_staff.batches", "queue", (Permission.EXCHANGE,)),
    Entry("corrections", N_("Identity corrections"), "id", "corrections_staff.queue", "queue", corrections_staff.SEES),
    Entry("recoveries", N_("Lost sign-ins"), "users", "recovery_staff.queue", "queue", recovery_staff.SEES),
    Entry("handovers", N_("Records of before"), "history", "handovers_staff.index", "manage", handovers_staff.SEES),
    Entry("questions", N_("My questions"), "message-circle", "qa.mine", "more", (Permission.LEARN,)),
    Entry("learner_questions", N_("Questions of learners"), "message-circle", "qa_staff.queue", "queue",
          (Permission.ANSWER_QUESTIONS,)),
    Entry("my_complaints", N_("My complaints"), "alert-triangle", "complaints.mine", "more", (Permission.LEARN,)),
    Entry("complaints", N_("Complaints"), "alert-triangle", "complaints_staff.queue", "queue", staff_complaints.SEES),
    Entry("adviser", N_("My adviser"), "headset", "supervision.adviser", "more", (Permission.LEARN,)),
    Entry("record", N_("Learning record"), "file-text", "supervision.record", "more", (Permission.LEARN,)),
    Entry("reminders", N_("Reminders"), "bell-ringing", "supervision.reminders", "account", (Permission.LEARN,)),
    Entry("supervision", N_("Study supervision"), "headset", "supervision_staff.index", "queue",
          (Permission.FOLLOW_LEARNERS,)),
    Entry("learners", N_("Learners"), "users", "desk.learner_list", "manage", (Permission.SEE_LEARNERS,)),
    Entry("imports", N_("Imports"), "file-text", "desk.imports", "manage", desk_imports.SEES),
    Entry("window_files", N_("Window files"), "file-text", "desk.window_files", "manage", window_files.SEES),
    Entry("one_person", N_("Done by one person"), "users", "desk.one_person", "manage", desk.WATCHES),
    Entry("audit", N_("Audit log"), "history", "desk.audit_log", "manage", (Permission.SEE_AUDIT,)),
    Entry("messages", N_("Messages"), "bell", "notifications.inbox", "more", (Permission.LEARN,)),
]
