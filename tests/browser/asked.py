"""Answers to the forms of the tasks, by the words of their questions."""

ACKNOWLEDGED = {"Our understanding of the complaint": "The boiler has been broken for three weeks."}
ANSWERED = {
    "What did you decide?": "Upheld",
    "The decision on each point": "We were slow.",
    "The reasons": "Three visits were missed.",
    "What do we learn from this?": "Tell people sooner.",
    "How was it sent?": "E-mail",
}
LEGACY_ANSWERED = {
    "What did you decide?": "Upheld",
    "The decision on each point": "We were slow.",
    "Why you reached this conclusion": "Three visits were missed.",
    "Is there a lesson, or a change to a service?": "Tell people sooner.",
    "How was it sent?": "E-mail",
}
PANEL_MET = {
    "Who sat on the panel?": "Pat Moore, Lee Grant, Sam Hill",
    "What did the panel decide, and why?": "The appeal is upheld: the heating still fails.",
}
PANEL_ANSWERED = {
    "What did the panel decide?": "Upheld",
    "The decision on each point of the appeal": "The heating is replaced.",
    "Is there a lesson, or a change to a service?": "Replace sooner.",
    "How was it sent?": "E-mail",
}
