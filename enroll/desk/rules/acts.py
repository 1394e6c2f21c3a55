"""How an act of the audit reads on a timeline, for staff."""

from enroll.desk.rules.lifecycles import LIFECYCLES
from enroll.foundation.words import N_, Words, say

BY_ACT = {one.name.lower().replace(" ", "_"): one for one in LIFECYCLES}
RECORD_NAMES = {
    "account": N_("Account"), "identity_check": N_("Identity check"), "exam_window": N_("Exam window"),
    "fee": N_("Fee"), "refund": N_("Refund"), "enrolment": N_("Enrolment"), "proof_of_hours": N_("Proof of hours"),
    "minutes_in_doubt": N_("Minutes in doubt"), "disputed_time": N_("Disputed time"),
    "claim_of_hours": N_("Claim of hours"), "entry_by_hand": N_("Entry by hand"),
    "unusual_study": N_("Unusual study"),
    "bank_question": N_("Bank question"),
    "practice_assignment": N_("Practice assignment"), "course_edition": N_("Course edition"),
    "live_class": N_("Live class"),
    "booking": N_("Booking"), "application": N_("Application"), "result": N_("Result"),
    "score_review": N_("Score review"), "certificate": N_("Certificate"), "batch": N_("Batch"),
    "learner_question": N_("Learner question"), "contact": N_("Contact"),
    "second_opinion": N_("Second opinion"), "spot_check": N_("Spot check"),
    "complaint": N_("Complaint"), "correction": N_("Identity correction"),
}  # fmt: skip


# Acts that are no move of a lifecycle.
ACTS = {
    "account.change_contact": N_("Sign-in address changed"),
    "account.choose_language": N_("Language chosen"),
    "account.accept_invitation": N_("Account taken over by its owner"),
    "account.invite": N_("Invited to take over the account"),
    "account.end_role": N_("Role taken away"),
    "account.forget_unconfirmed": N_("Unconfirmed account forgotten"),
    "account.grant_role": N_("Role given"),
    "account.prove_presence": N_("Password given again before a weighty act"),
    "account.replace_contact": N_("Sign-in address replaced by staff"),
    "account.password_changed": N_("Password changed"),
    "account.password_recovered": N_("Password recovered"),
    "application.ask_to_sign": N_("Link to agree and sign sent"),
    "application.choose": N_("Sittings chosen"),
    "application.claim": N_("Case taken on"),
    "application.deadline": N_("Deadline set"),
    "application.note": N_("Noted among staff"),
    "application.flag": N_("Flag set or cleared"),
    "application.sign": N_("Agreed and signed by link"),
    "attendance.apply_list": N_("Attendance list applied"),
    "batch.download": N_("File of the batch downloaded"),
    "batch.leave_out": N_("Left out of the batch"),
    "booking.allow_late_entry": N_("Late entry allowed"),
    "booking.change_seat": N_("Seat changed"),
    "booking.record_access": N_("Exam account recorded"),
    "booking.turned_away": N_("Turned away at the door"),
    "certificate.close_matter": N_("Open matter closed"),
    "certificate.follow_outcome": N_("Followed a corrected result"),
    "certificate.raise_matter": N_("Open matter raised"),
    "complaint.add": N_("Added to a complaint"),
    "complaint.export": N_("Register of complaints exported"),
    "complaint.hand_on": N_("Complaint handed on"),
    "complaint.note": N_("Noted among staff"),
    "consent.give": N_("Consent given"),
    "consent.withdraw": N_("Consent withdrawn"),
    "courses.add": N_("Course added"),
    "courses.attach_video": N_("Video attached to a lesson"),
    "enrolments.add_cohort": N_("Cohort added"),
    "enrolments.change_direction": N_("Direction changed"),
    "enrolments.close_cohort": N_("Cohort closed"),
    "enrolments.export": N_("Enrolments exported"),
    "enrolments.set_cohort": N_("Moved to another cohort"),
    "exam_room.add": N_("Exam room added"),
    "exam_room.change": N_("Exam room changed"),
    "exam_room.reopen": N_("Exam room in use again"),
    "exam_room.retire": N_("Exam room retired"),
    "exam_site.add": N_("Exam site added"),
    "exam_site.change": N_("Exam site changed"),
    "exam_site.reopen": N_("Exam site in use again"),
    "exam_site.retire": N_("Exam site retired"),
    "exam_window.move_date": N_("Date of a window moved"),
    "exam_window.plan": N_("Dates of a window planned"),
    "extension.grant": N_("Extension granted"),
    "fee.carry": N_("Fee taken along to another application"),
    "fee.payment": N_("Payment recorded"),
    "fee.reconcile": N_("Payment reconciled"),
    "fees.import_payments": N_("Payments imported"),
    "handover.abandon": N_("List of before put away"),
    "handover.apply": N_("List of before written down"),
    "handover.bring": N_("List of before brought"),
    "handover.confirm": N_("List of before confirmed"),
    "handover.refuse": N_("List of before not taken"),
    "hours.reverse": N_("Entry of hours reversed"),
    "learner_question.hand_on": N_("Question handed on"),
    "learner_question.publish": N_("Answer made public"),
    "learner_question.rate": N_("Answer rated"),
    "learner_question.withdraw": N_("Public answer withdrawn"),
    "learner.guardian_acknowledged": N_("Guardian acknowledged"),
    "learner.correct_identity": N_("Identity corrected"),
    "learner.keep_file": N_("File handed in"),
    "learner.name_guardian": N_("Guardian named"),
    "learner.ask_name": N_("Asked us to enter a name that cannot be typed"),
    "learner.enter_name": N_("Name entered by staff from the picture"),
    "learner.confirm_name": N_("Entered name confirmed by its owner"),
    "learner.reveal_number": N_("Whole document number shown"),
    "learner.save_identity": N_("Identity details saved"),
    "marks.abandon": N_("Imported marks dropped"),
    "marks.apply": N_("Imported marks applied"),
    "marks.undo": N_("Imported marks undone"),
    "marks.upload": N_("Marks uploaded"),
    "courses.import": N_("Course taken in from a zip"),
    "courses.correct_words": N_("Words of a course corrected"),
    "courses.word": N_("Course worded"),
    "practice_work.give": N_("Assignment taken or handed on"),
    "sitting.move_people": N_("People of a sitting moved"),
    "practice_work.add_file": N_("File added to an assignment"),
    "practice_work.remove_file": N_("File removed from an assignment"),
    "programmes.add_announcement": N_("Announcement published"),
    "programmes.add_holiday": N_("Holiday added"),
    "programmes.add_programme": N_("Programme added"),
    "programmes.add_workday": N_("Working day added"),
    "programmes.confirm_holiday": N_("Holiday confirmed"),
    "programmes.set_organisation": N_("Details of the house changed"),
    "programmes.set_price": N_("Price set"),
    "programmes.set_rule": N_("Rule set"),
    "programmes.withdraw_announcement": N_("Announcement withdrawn"),
    "questions.add": N_("Questions added"),
    "questions.add_quiz": N_("Quiz added"),
    "questions.edit": N_("Question edited"),
    "questions.end_mock": N_("Mock exam ended"),
    "questions.import": N_("Questions taken in from a file"),
    "questions.name_topics": N_("Topics named"),
    "reasons.add": N_("Reason added to the library"),
    "reasons.restore": N_("Reason taken back into use"),
    "reasons.retire": N_("Reason taken out of use"),
    "reasons.word": N_("Reason worded anew"),
    "reply.abandon": N_("Reply of the issuing body dropped"),
    "reply.apply": N_("Reply of the issuing body applied"),
    "reply.check": N_("Reply of the issuing body checked"),
    "results.publish": N_("Results published"),
    "results.set_check_policy": N_("Checking of marks set"),
    "sitting.add": N_("Sitting added"),
    "sitting.allocate_seats": N_("Seats allocated"),
    "sitting.change": N_("Sitting changed"),
    "sitting.close": N_("Sitting closed"),
    "sitting.freeze_rooming": N_("Rooming frozen"),
    "sitting.undo_rooming": N_("Step of the rooming undone"),
    "sitting.list_taken": N_("List of a sitting taken"),
    "sitting.open": N_("Sitting opened"),
    "supervision.choose_reminders": N_("Reminders chosen"),
    "supervision.nudge": N_("Nudge sent"),
    "ticket.release": N_("Ticket released"),
    "ticket.show_secret": N_("Exam account shown"),
    "ticket.withdraw": N_("Ticket withdrawn"),
}
MEASURES = {"propose": N_("proposed"), "drop": N_("proposal dropped")}  # certificate.propose_revoke


def words_of_act(act: str) -> Words:
    """'application.approve' as 'Application: Approve'; an act nobody gave words keeps its code."""
    if act in ACTS:
        return say(ACTS[act])
    record, _, move = act.partition(".")
    lifecycle = BY_ACT.get(record)
    if lifecycle is None:
        return say(act)
    name = say(RECORD_NAMES[record])
    if move == "begin":
        return say(N_("%(record)s: begun"), record=name)
    measure, _, rest = move.partition("_")
    if measure in MEASURES and rest in lifecycle.moves:
        asked = say(N_("%(move)s, %(how)s"), move=say(lifecycle.moves[rest].label), how=say(MEASURES[measure]))
        return say(N_("%(record)s: %(move)s"), record=name, move=asked)
    label = lifecycle.moves[move].label if move in lifecycle.moves else move
    return say(N_("%(record)s: %(move)s"), record=name, move=say(label))
