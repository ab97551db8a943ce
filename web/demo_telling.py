"""Making the demonstration's cases: each story is driven through the verbs people work with, dated as it tells.

Nothing is inserted. Each step is taken by somebody who may take it, in a transaction of its own, at its own moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from faker import Faker

from engine import case_files, casework, corrections, facts, steps
from engine.case_files import CaseFile, Plan
from engine.casework import Said
from engine.events import CONFLICT_DECLARED, CORRECTED, FACTS, MOVED, RECEIVED, at, moment
from engine.forms import Form, plausible
from engine.office import Office
from engine.policy import bare, stage_of
from engine.process import OpenTask
from engine.rights import Person, why_not_the_handler
from web import demo_files, demo_words
from web.demo_letters import LetterDesk
from web.demo_mail import DemoMail
from web.demo_people import PASSES_ON, Member
from web.demo_stories import CAME_BACK, CLAIMED, DRAFTED, PASSED_ON, Step, Story

MIDNIGHT, OFFICE_OPENS = time(0, 0), time(9, 0)
STREETS = ("Nowhere Street", "Example Close", "Sample Gardens", "Pretend Road", "Imaginary Walk", "Placeholder Court")
CHANNELS = ("email", "phone", "online", "post", "email")
GOES_BY = ("email", "post")
OUTCOMES = ("upheld", "partly_upheld")


class NobodyMay(Exception):
    """No person of the demonstration may do what a story asks."""


@dataclass
class DemoOffice:
    """The office with its people, its mail, its sources of made-up things, and the moment it is made at."""

    office: Office
    members: Sequence[Member]
    mail: DemoMail
    fake: Faker
    random: Random
    now: datetime


def tell(desk: DemoOffice, story: Story) -> str:
    """Make one case, and give back its reference."""
    return _Telling(desk, story).tell()


class _Telling:
    """One story on its way to a case."""

    def __init__(self, desk: DemoOffice, story: Story) -> None:
        self.desk, self.office, self.story = desk, desk.office, story
        self.letters = LetterDesk(desk.office, desk.mail, self._approver)
        self.reference = ""
        self.last: datetime | None = None

    def tell(self) -> str:
        for step in self.story.steps:
            recorded = self._moment(step.recorded)
            happened = recorded if step.day == step.recorded else at(step.day)
            if step.name == RECEIVED:
                self._receive(step, happened, recorded)
                self.desk.mail.deliver(recorded)  # the copy of the complaint is filed
            else:
                self._pass(recorded)
                self._step(step, happened, recorded)
            self.last = recorded
        self._pass(self.desk.now)
        return self.reference

    def _pass(self, until: datetime) -> None:
        """Let the time pass: what fell due on the way is fired just after midnight, as a worker would."""
        file = self._file(self.last or until)
        waited_for = [file.standing.ledger.deadlines.get(name) for name in file.standing.waiting_timers]
        days = [one.due + timedelta(days=1) for one in waited_for if one and one.due]
        for day in sorted(days):
            if at(day, MIDNIGHT) < until:
                steps.fire_due(self.office, at(day, MIDNIGHT) + timedelta(minutes=1))

    def _moment(self, day: date) -> datetime:
        """A moment of that day in office hours, after what came before, and never one to come."""
        chosen = at(day, OFFICE_OPENS) + timedelta(minutes=self.desk.random.randrange(0, 420))
        if self.last is not None and chosen <= self.last:
            chosen = self.last + timedelta(minutes=self.desk.random.randrange(7, 40))
        return min(chosen, self.desk.now)

    def _receive(self, step: Step, happened: datetime, recorded: datetime) -> None:
        policy, complaint = self.story.policy, self.story.complaint
        version = self.office.governing(policy, step.day)
        form = self.office.complaint_form(policy, version)
        given = {**self._resident(), "service_area": complaint.area, "channel": self.desk.random.choice(CHANNELS)}
        given |= {"description": complaint.says, "outcome_sought": complaint.wants}
        given |= {"contractor": complaint.contractor, "vulnerabilities": complaint.sensitive}
        if step.fields.get(PASSED_ON):
            told = {"channel": "in_person", **{name: given[name] for name in ("resident", "phone", "description")}}
            self.reference = steps.pass_on(self.office, policy, self._somebody_else(), Said(told, happened, recorded))
            return
        who = self._who(policy, self._desk_role(policy, version.version if version else None))
        said = Said(_answers(form, {**given, **step.fields}, step.day), happened, recorded)
        self.reference = steps.register(self.office, policy, who, said)

    def _resident(self) -> dict[str, object]:
        fake, random = self.desk.fake, self.desk.random
        name = f"{fake.first_name()} {fake.last_name()}"
        return {
            "resident": name,
            "address": f"{random.randrange(1, 120)} {random.choice(STREETS)}, Madeup Town",
            "postcode": f"ZZ{random.randrange(1, 99)} {random.randrange(1, 9)}ZZ",
            "email": f"{name.lower().replace(' ', '.')}@example.net",
            "phone": f"01632 960 {random.randrange(100, 999)}",
            "preferred_contact": random.choice(("email", "phone", "post")),
            "relationship": random.choice(("tenant", "tenant", "tenant", "leaseholder")),
        }

    def _step(self, step: Step, happened: datetime, recorded: datetime) -> None:
        file = self._file(recorded)
        if step.name == CLAIMED:
            task = file.standing.open_tasks[0]
            steps.claim(self.office, self.reference, task.key, self._worker(file, task), recorded)
        elif step.name == CORRECTED:
            self._correct(step, recorded)
        elif step.name == MOVED:
            self._move(step, recorded)
        elif step.name == CAME_BACK:
            sent = next(one for one in reversed(file.events) if one.name == step.fields["of"])
            self.desk.mail.comes_back(f"letter:{self.reference}:{sent.number}", recorded)
        else:
            self._happens(file, step, happened, recorded)

    def _happens(self, file: CaseFile, step: Step, happened: datetime, recorded: datetime) -> None:
        """Complete the task that records the event, or record the message or fact it is: by its letter, where it has
        one."""
        book, name = file.book_or_refuse(), str(step.fields.get("letter", step.name))
        task = next((one for one in file.standing.open_tasks if book.records(one) == name), None)
        if task is not None:
            form, who = book.form(task.key, book.task(task).form), self._worker(file, task)
        else:
            is_fact = bare(name) in FACTS
            definition = book.workflows.facts[bare(name)] if is_fact else book.message(name)
            assert definition is not None, f"{self.story.case}: {name} cannot happen"
            role = book.version.role_of_lane(definition.done_by or "desk", stage_of(name) or file.standing.stage)
            form, who = book.form(name, definition.form), self._who(file.policy, role, file)
        words = demo_words.words_of(step, self.story.complaint, self.desk.random.choice(OUTCOMES))
        given = {**words, **self._of_the_case(file), **step.fields}
        answers, key = _answers(form, given, step.day), task.key if task else name
        if step.name == DRAFTED:
            del answers["channel"]
            self.letters.draft(file, key, who, answers, recorded)
        elif self.letters.has_letter(file, key, who, recorded):
            going: dict[str, object] = {name: given[name] for name in ("channel", "goes") if name in given}
            self.letters.send(file, key, who, {**answers, **going}, recorded)
        else:
            self._record(step, key, who, Said(answers, happened, recorded), is_task=task is not None)
        if step.name == CONFLICT_DECLARED:
            self._release(who, recorded)

    def _record(self, step: Step, key: str, who: Person, said: Said, *, is_task: bool) -> None:
        """A step without a letter, with the files that came with it."""

        def act(file: CaseFile) -> Plan:
            if is_task:
                return casework.complete_task(self.office, file, key, who, said)
            is_fact = bare(step.name) in FACTS
            record = casework.record_fact if is_fact else casework.record_message
            plan = record(self.office, file, step.name, who, said)
            return replace(plan, documents=demo_files.documents(str(step.fields.get("files", "")), file, said.recorded))

        steps.take(self.office, self.reference, who, act, said.recorded)

    def _of_the_case(self, file: CaseFile) -> dict[str, object]:
        """What an answer takes from the case: who has it, whom to ask for, what was asked."""
        version, first = file.book_or_refuse().version, file.events[0]
        handler = self._who(file.policy, version.role_of_lane("handler", version.stages[0].key), file)
        asked = next(iter(facts.unanswered(file.events)), None)
        wish = first.text("preferred_contact")
        return {
            "channel": wish if wish in GOES_BY else self.desk.random.choice(GOES_BY),
            "passed_to": handler.name,
            "contact_given": f"{handler.name}, 01632 960 0{len(handler.name):02}",
            "representative": first.text("representative"),
            "with_whom": first.text("resident"),
            "about": str(asked.number) if asked else "",
        }

    def _correct(self, step: Step, recorded: datetime) -> None:
        reason = str(step.fields["reason"])
        name, when = next((name, when) for name, when in step.fields.items() if name != "reason")
        who = self._who(self.story.policy, self._desk_role(self.story.policy, None))

        def act(file: CaseFile) -> Plan:
            number = corrections.number_of(file, name)
            happened = moment(str(when))
            return corrections.correct(self.office, file, number, who, happened=happened, reason=reason, now=recorded)

        steps.take(self.office, self.reference, who, act, recorded)

    def _move(self, step: Step, recorded: datetime) -> None:
        version, reason = str(step.fields["version"]), str(step.fields["reason"])
        who = self._who(self.story.policy, self._desk_role(self.story.policy, version))

        def act(file: CaseFile) -> Plan:
            return corrections.move(self.office, file, version, who, reason=reason, now=recorded)

        steps.take(self.office, self.reference, who, act, recorded)

    def _release(self, who: Person, now: datetime) -> None:
        """Whoever declared a conflict gives back what they had."""
        for task in self._file(now).standing.open_tasks:
            steps.release(self.office, self.reference, task.key, who, now)

    def _file(self, now: datetime) -> CaseFile:
        with self.office.database.reading() as tx:
            return case_files.load(tx, self.office, self.reference, now)

    def _desk_role(self, policy: str, version: str | None) -> str:
        """The role of the desk of a version, of the newest where none is named."""
        versions = self.office.versions_of(policy)
        return next((one for one in versions if one.version == version), versions[-1]).desk

    def _worker(self, file: CaseFile, task: OpenTask) -> Person:
        """Whoever has the task, else somebody who may do it."""
        return self._who(file.policy, file.book_or_refuse().role(task), file, task)

    def _somebody_else(self) -> Person:
        """Whoever works here and has nothing to do with complaints."""
        return next(one.person for one in self.desk.members if one.does == PASSES_ON)

    def _approver(self, role: str, writer: Person) -> Person:
        """Somebody else than the writer who holds the role for everything."""
        holds = (one.person for one in self.desk.members if one.person.holds(self.story.policy, role, ""))
        return next(one for one in holds if one != writer)

    def _who(self, policy: str, role: str, file: CaseFile | None = None, task: OpenTask | None = None) -> Person:
        """Somebody who holds the role for the case's area and may consider it; an all-round person where nobody else
        does. The same one for the same case and role, as an office would have it."""
        area = file.area if file else self.story.complaint.area
        may = [one for one in self.desk.members if one.person.holds(policy, role, area)]
        if file is not None and task is not None and file.governing.version:
            version, events = file.governing.version, file.events
            may = [one for one in may if not why_not_the_handler(version, task.stage, one.person, events)]
        chosen = [one for one in may if not one.is_all_round] or may
        if not chosen:
            raise NobodyMay(f"{self.story.case}: nobody of {policy} is {role} for {area}.")
        return chosen[len(self.story.case) % len(chosen)].person


def _answers(form: Form, given: Mapping[str, object], day: date) -> dict[str, object]:
    """What of the given the form asks, with a plausible answer for whatever else it requires."""
    asked = {name: value for name, value in given.items() if form.field(name) is not None or name == "promised"}
    for question in form.fields:
        value = asked.get(question.name)
        if question.choices and value and value not in question.choices and not question.other_allowed:
            asked[question.name] = next(iter(question.choices))
    return plausible(form, asked, day)
