"""What people of the demonstration say where a story says nothing else: in answers, letters and records.

Everything here is made up, but for the advice services, which are those a landlord would name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from engine.policy import bare
from web.demo_stories import Complaint, Step

Words = dict[str, object]

SAID: Mapping[str, Mapping[str, object]] = {
    "stage_1.extension_given": {"reason": "The survey is booked for next week, and the answer hangs on it."},
    "stage_2.extension_given": {"reason": "The contractor's papers came late, and we want to read them all."},
    "stage_1.holding_reply_sent": {"reason": "Another team has to look at it.", "action": "A joint visit is arranged."},
    "stage_1.apology_sent": {"reason": "The person who had your complaint was away, and nobody took it over."},
    "stage_2.requested": {"reasons": "It does not say what will change.", "expectations": "Nobody rang."},
    "stage_3.requested": {"reasons": "Nobody has come to look.", "remedy_required": "A visit, and the costs paid."},
    "stage_3.panel_met": {"panel_decision": "The panel heard the resident.", "members": "Three members of the Board"},
    "withdrawn": {"reason": "The resident rang to say that it is settled.", "own_wish": True},
    "withdrawal_confirmed": {"understanding_of_withdrawal": "You rang to say that it is settled."},
    "satisfied": {"note": "The resident thanked us."},
    "refusal_sent": {
        "reasons": "It happened more than twelve months before you told us, which is longer than our policy goes back.",
        "evidence": "What you wrote, and our record of the visit.",
        "discretion": "We asked whether anything had kept you from telling us earlier, and nothing had.",
    },
    "thanked": {"action": "We have told the person it is about, and their manager."},
    "authority_asked": {
        "needed": "Please tell us whether she may speak for you. A call, an e-mail or a line in a letter is enough."
    },
    "ombudsman.contacted": {"which": "housing", "about": "The Ombudsman asks for the file."},
}
ANSWER_FOR: Mapping[str, str] = {
    "repairs": "Keeping your home in repair, including what our contractors do for us.",
    "major_works": "The planned works to your home, and how those who do them for us behave.",
    "estates": "The parts of the building and the estate that residents share.",
    "tenancy": "How we look after your tenancy, and how we deal with what you report to us.",
    "income": "Your rent and service charge account, and the letters we send about it.",
    "lettings": "How we let our homes, and how we deal with applications and transfers.",
    "home_ownership": "What we do for you under your lease.",
    "customer_service": "How our staff speak to you and deal with what you ask.",
    "other": "What our staff, and those who work for us, did or did not do.",
}
ADVOCACY = (
    "Citizens Advice: www.citizensadvice.org.uk\nShelter: www.shelter.org.uk\n"
    "The residents' advice shop, 1 Example Close, Madeup Town: 01632 960 555"
)
DECISIONS = {
    "upheld": "Everything you told us was as you said.",
    "partly_upheld": "We agree that you waited too long. We do not agree that the work itself was badly done.",
    "not_upheld": "We have looked at each point, and find that we did what we had agreed to do.",
}
REASONS = {
    "upheld": "We had promised it and did not do it, as our own record shows.",
    "partly_upheld": "We were late, as you say; the work itself was done as it should be.",
    "not_upheld": "What was done is what we had agreed to do, and we had told you so.",
}
PUT_RIGHT_WITHIN = timedelta(days=14)


def words_of(step: Step, complaint: Complaint, outcome: str) -> Words:
    """What is said with an event; `outcome` is that of an answer whose story gives none."""
    said: Words = dict(SAID.get(step.name, {}))
    if step.name == "triaged":
        decided = {"decision": "complaint", "reason": "Decided on what the resident wrote."}
        return said | {"service_area": complaint.area} | decided
    if bare(step.name) == "acknowledged":
        return said | _understood(complaint)
    if bare(step.name) == "response_sent":
        return said | _answer(str(step.fields.get("outcome") or outcome), complaint, step.day)
    return said


def _understood(complaint: Complaint) -> Words:
    """What an acknowledgement says of the complaint itself."""
    return {
        "understanding": f"You told us: \u201c{complaint.says}\u201d",
        "outcomes_sought": complaint.wants,
        "responsible_for": ANSWER_FOR[complaint.area],
        "advocacy": ADVOCACY,
    }


def _answer(outcome: str, complaint: Complaint, day: date) -> Words:
    found = complaint.answer or {}
    said: Words = {"outcome": outcome, "decision": DECISIONS[outcome], "reasons": REASONS[outcome]}
    said |= {"not_involved": True, "next_step_explained": True}
    if outcome == "not_upheld":
        return said | {"lesson": "We found nothing that we would do otherwise."}
    remedy: Words = {"remedy": found.get("remedy", "An apology."), "apology": True}
    remedy |= {"remedy_by": (day + PUT_RIGHT_WITHIN).isoformat()}
    return said | remedy | {"lesson": found.get("lesson", "None.")}
