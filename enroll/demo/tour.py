"""The tour: a dozen steps through every role, from the front page to a certificate that anybody can check."""

from dataclasses import dataclass

from enroll.foundation.words import N_


@dataclass(frozen=True)
class Stop:
    """One step: who does it (empty: nobody signed in), what, why it is worth seeing, and where it begins."""

    username: str
    title: str
    text: str
    href: str


TOUR = (
    Stop("", N_("Look around as a visitor"),
         N_("The next window, what the certificate asks for, and the self-check. "
           "Sign up with any invented e-mail address; the code arrives in the mailbox of this demo."),
         "/"),
    Stop("newcomer", N_("Study: one lesson short of 35 hours"),
         N_("He Xinran needs one more lesson. Open it: "
           "the server counts the time while the page is in front, and says what it did not count and why."),
         "/study/G3/G3-M2-L4"),
    Stop("jiaowu", N_("Accept a practice assignment"),
         N_("The trainer's queue, oldest first. Accepting credits the minutes once; the hours of Ayinuer rise."),
         "/staff/practical"),
    Stop("lidi", N_("Correct a returned application"),
         N_("Only the photo is open; the reason and the deadline stand beside it."), "/applications"),
    Stop("shenhe1", N_("Review an application"),
         N_("Identity, photo, hours and eligibility on one page; the button says what it does. Approve Zhang Wei."),
         "/staff/applications"),
    Stop("caiwu", N_("Record a payment"),
         N_("Zhang Wei's exam fee is due now. Record it; he is registered in the same moment."), "/staff/fees"),
    Stop("zhangwei", N_("See what comes next"),
         N_("One next step, ten steps to the certificate, who must act and by when. "
           "Every change was also written to him."),
         "/home"),
    Stop("kaowu", N_("Run the exam day"),
         N_("Rooms and seats, tickets, the door, and who was absent. "
           "The November sittings in Shanghai wait for their attendance."),
         "/staff/admission"),
    Stop("fuhe", N_("Key the marks a second time"),
         N_("Without seeing the first entry. Where the two differ, a third person decides."), "/staff/results"),
    Stop("zhuguan", N_("Publish the results of a window"),
         N_("All at once, or not at all. Press “Next deadline” below until the day has come."), "/staff/results"),
    Stop("fazheng1", N_("Review an issuance"),
         N_("All the evidence on one page. Two reviewers, neither of whom made or checked a mark."),
         "/staff/certificates"),
    Stop("shangbao", N_("Report to the issuing body and take its reply"),
         N_("The batch is frozen and sent; below you find the reply that the issuing body of this demo gives."),
         "/staff/exchange"),
    Stop("zhaomin", N_("Hold a certificate"),
         N_("The document, and the link to send to an employer."), "/certificates"),
    Stop("", N_("Verify it as an employer"),
         N_("Number and name, or the QR code; for example the certificate of the learner before."), "/verify"),
)  # fmt: skip
