"""Telling a policy's stories to the real engine, and holding what came against what was expected.

A story runs through the same verbs, diagrams and database as a case in an office, on a throw-away database. Before an
event, the tasks in its way are completed with their ordinary answers, by a different made-up person for each stage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine import case_files, case_saving, casework, corrections
from engine.case_files import CaseFile, Plan
from engine.casework import Said
from engine.events import CONFLICT_DECLARED, CORRECTED, FACTS, MOVE_UNDONE, MOVED, RECEIVED, local_day, moment
from engine.example_cast import Cast
from engine.example_files import DECIDE, Act, Example, Fields
from engine.expectations import Failure, compare
from engine.forms import Form
from engine.office import Office
from engine.policy import bare
from engine.process import OpenTask
from engine.refusals import Refused
from engine.rights import Person
from engine.store.case_rows import By
from engine.working_days import OutsideCalendar

MOST_TASKS_IN_THE_WAY = 20


@dataclass(frozen=True)
class Told:
    """A story that was told: what did not come as expected, empty where it passed, and the case it left (None where
    it could not be told to its end)."""

    example: Example
    failures: tuple[Failure, ...]
    file: CaseFile | None = None

    @property
    def passed(self) -> bool:
        return not self.failures


def tell(office: Office, example: Example) -> Told:
    """Tell one story and compare. `office` has a database of its own that may be thrown away."""
    try:
        story = _Story(office, example)
        for act in _as_recorded(example.story):
            if act.recorded <= example.seen_on:
                story.act(act)
        file = story.seen()
    except _Impossible as impossible:
        return Told(example, (Failure(example.file, impossible.line, str(impossible)),))
    except OutsideCalendar as outside:
        return Told(example, (Failure(example.file, example.line, str(outside)),))
    return Told(example, tuple(compare(example, file, story.would_be_refused)), file)


class _Impossible(Exception):
    """The story cannot go on: an event the diagram or the policy does not allow."""

    def __init__(self, line: int, sentence: str) -> None:
        self.line = line
        super().__init__(sentence)


class _Story:
    """One story being told: the case it makes, and the answers it has given in advance."""

    def __init__(self, office: Office, example: Example) -> None:
        self.office, self.example = office, example
        self.reference = ""
        self.now: datetime | None = None
        self.decided: dict[str, Fields] = {}
        self.named_later = [act.name for act in example.story]
        self.person = Cast(office.database, example.seen_on)

    def act(self, act: Act) -> None:
        """Let the next thing of the story happen."""
        if self.now is not None and local_day(self.now) == local_day(act.recorded):
            act = replace(act, recorded=max(act.recorded, self.now))
            if local_day(act.happened) == local_day(act.recorded):
                act = replace(act, happened=max(act.happened, min(self.now, act.recorded)))
        self.now = act.recorded
        if act.name in self.named_later:
            self.named_later.remove(act.name)
        try:
            self._perform(act)
        except Refused as refused:
            raise _Impossible(act.line, f"'{act.name}' was refused. {refused}") from refused

    def _perform(self, act: Act) -> None:
        if act.name == RECEIVED and not self.reference:
            self._receive(act)
            return
        if not self.reference:
            raise _Impossible(act.line, f"'{act.name}' comes before any complaint was received.")
        self._clock(act.recorded)
        if act.name == DECIDE:
            for task, answer in act.fields.items():
                self._decide(act, task, answer)
        elif act.name in (CORRECTED, MOVED, MOVE_UNDONE):
            self._save(self._about_the_record(act), act)
        elif bare(act.name) in FACTS:
            self._fact(act)
        else:
            self._step(act)

    def _receive(self, act: Act) -> None:
        office = (
            self.office
            if self.example.version is None
            else self.office.pinned(self.example.policy, self.example.version)
        )
        self.office = office
        if not office.versions_of(self.example.policy):
            raise _Impossible(act.line, f"There is no policy '{self.example.policy}', or no such version of it.")
        who = self.person(act.by or "Whoever took the call")
        self._save(casework.log_complaint(office, self.example.policy, who, self._said(act)), act)

    def _step(self, act: Act) -> None:
        """Complete what stands in the way, then the task that records the event or the message it is."""
        for _ in range(MOST_TASKS_IN_THE_WAY):
            file = self._file(act.recorded)
            plan = self._possible(file, act)
            if plan is not None:
                self._save(plan, act)
                return
            task = next((one for one in file.standing.open_tasks if self._is_in_the_way(file, one)), None)
            if task is None and act.name in file.standing.may_be_noted:
                self._save(self._message(file, act), act)
                return
            if task is None:
                allowed = ", ".join(file.standing.allowed) or "nothing"
                raise _Impossible(act.line, f"'{act.name}' cannot happen now. What could happen: {allowed}.")
            self._ordinary(file, task, act)
        raise _Impossible(act.line, f"'{act.name}' cannot happen: there was always another task in its way.")

    def _possible(self, file: CaseFile, act: Act) -> Plan | None:
        """The plan of the act where the diagram allows it now, or by replay on the day it happened."""
        if file.book is None:
            raise _Impossible(
                act.line, f"{file.governing.why} Say who chose a version: {{moved_to: {{version: ...}}}}."
            )
        said = self._said(act, file)
        task = next((one for one in file.standing.open_tasks if file.book.records(one) == act.name), None)
        if task is not None:
            return casework.complete_task(self.office, file, task.key, self._worker(act.by, task), said)
        is_late_note = act.recorded > act.happened
        if act.name in file.standing.may_happen or (is_late_note and file.book.message(act.name) is not None):
            return self._message(file, act)
        return None

    def _message(self, file: CaseFile, act: Act) -> Plan:
        who = self.person(act.by or "Whoever was told")
        return casework.record_message(self.office, file, act.name, who, self._said(act, file))

    def _is_in_the_way(self, file: CaseFile, task: OpenTask) -> bool:
        return file.book is not None and file.book.records(task) not in self.named_later

    def _ordinary(self, file: CaseFile, task: OpenTask, act: Act) -> None:
        """Complete a task with the answer that simply goes on, or the one the story decided."""
        assert file.book is not None
        definition = file.book.task(task)
        answers = {**definition.ordinary, **self.decided.pop(task.task, {})}
        said = Said(
            _meant(file.book.form(task.key, definition.form), answers), act.happened, act.recorded, is_story=True
        )
        self._save(casework.complete_task(self.office, file, task.key, self._worker(None, task), said), act)

    def _decide(self, act: Act, task_name: str, answer: object) -> None:
        """`{decide: {triage: service_request}}`: complete that task with this answer, once it is open."""
        for _ in range(MOST_TASKS_IN_THE_WAY):
            file = self._file(act.recorded)
            tasks = file.standing.open_tasks
            task = next((one for one in tasks if task_name in (one.key, one.task)), None)
            definition = file.book.task(task) if task and file.book else None
            given = answer if isinstance(answer, Mapping) else {definition.decides or "" if definition else "": answer}
            if task is not None:
                self.decided[task.task] = given
                self._ordinary(file, task, act)
                return
            other = next((one for one in tasks if self._is_in_the_way(file, one)), None)
            if other is None:
                raise _Impossible(act.line, f"The task '{task_name}' is not open, so nothing can be decided in it.")
            self._ordinary(file, other, act)

    def _about_the_record(self, act: Act) -> Plan:
        office, file = self.office, self._file(act.recorded)
        fields = dict(act.fields)
        who = self.person(str(fields.pop("by", None) or act.by or "Whoever decided"))
        reason = str(fields.pop("reason", None) or "As the story tells.")
        if act.name == MOVED:
            return corrections.move(
                office, file, str(fields.get("version") or ""), who, reason=reason, now=act.recorded
            )
        if act.name == MOVE_UNDONE:
            return corrections.undo_move(office, file, who, reason=reason, now=act.recorded)
        if len(fields) != 1:
            raise Refused("A correction names one event: {corrected: {complaint_received: 2018-10-31, reason: ...}}.")
        name, value = next(iter(fields.items()))
        number = corrections.number_of(file, name)
        happened = None if value in (None, "never") else moment(str(value))
        return corrections.correct(office, file, number, who, happened=happened, reason=reason, now=act.recorded)

    def _fact(self, act: Act) -> None:
        file = self._file(act.recorded)
        said = self._said(act, file)
        who = self.person(act.by or str(act.fields.get("by") or "Whoever was told"))
        if bare(act.name) == CONFLICT_DECLARED:
            said = replace(said, answers={**said.answers, "person": who.id})
        self._save(casework.record_fact(self.office, file, act.name, who, said), act)

    def would_be_refused(self, name: str, fields: Fields) -> bool:
        """Whether that event would be refused at the moment we look: the same verbs, not saved."""
        moment_seen = self.example.seen_on
        by = str(fields["by"]) if fields.get("by") else None
        rest = {key: value for key, value in fields.items() if key != "by" or bare(name) == CONFLICT_DECLARED}
        act = Act(name, moment_seen, moment_seen, rest, by, self.example.line)
        file = self._file(moment_seen)
        try:
            if bare(name) in FACTS:
                casework.record_fact(
                    self.office, file, name, self.person(by or "Whoever was told"), self._said(act, file)
                )
                return False
            return self._possible(file, act) is None and name not in file.standing.may_be_noted
        except (Refused, _Impossible):
            return True

    def seen(self) -> CaseFile:
        """The case at the moment the story looks, with the calendar known then."""
        if not self.reference:
            raise _Impossible(self.example.line, "Nothing was received by the moment we look ('seen_on').")
        self._clock(self.example.seen_on)
        return self._file(self.example.seen_on)

    def _said(self, act: Act, file: CaseFile | None = None) -> Said:
        fields = dict(act.fields)
        if file is not None and file.book is not None:
            form = _form_of(file, act.name)
            fields = _meant(form, fields) if form else fields
        return Said(fields, act.happened, act.recorded, is_story=True)

    def _worker(self, named: str | None, task: OpenTask) -> Person:
        return self.person(named or f"Whoever works {task.stage or 'intake'} as {task.lane or 'desk'}")

    def _file(self, now: datetime) -> CaseFile:
        with self.office.database.reading() as tx:
            return case_files.load(tx, self.office, self.reference, now)

    def _clock(self, now: datetime) -> None:
        plan = casework.move_clock(self.office, self._file(now), now)
        if plan is not None:
            self._write(plan, By("", "The clock"), now)

    def _save(self, plan: Plan, act: Act) -> None:
        last = plan.new[0] if plan.new else None
        self._write(plan, By(last.by if last else "", last.by_name if last else ""), act.recorded)

    def _write(self, plan: Plan, by: By, now: datetime) -> None:
        with self.office.database.writing() as tx:
            self.reference = case_saving.saved(tx, self.office, plan, by, now).reference


def _as_recorded(story: Sequence[Act]) -> list[Act]:
    """The acts in the order they were written down: none before the complaint was logged."""
    logged = next((act.recorded for act in story if act.name == RECEIVED), None)
    acts = [replace(act, recorded=max(act.recorded, logged)) if logged else act for act in story]
    return sorted(acts, key=lambda act: act.recorded)


def _form_of(file: CaseFile, name: str) -> Form | None:
    """The form an event is recorded with, wherever the diagram stands."""
    book = file.book
    if book is None:
        return None
    task = next((one for one in file.standing.open_tasks if book.records(one) == name), None)
    if task is not None:
        return book.form(task.key, book.task(task).form)
    definition = book.workflows.facts.get(bare(name)) if bare(name) in FACTS else book.message(name)
    return book.form(name, definition.form) if definition else None


def _meant(form: Form | None, fields: Mapping[str, object]) -> dict[str, object]:
    """The fields with each choice spelt as the form has it: `partly` is `partly_upheld`, `accepted` is `accept`."""
    meant = dict(fields)
    for question in form.fields if form else ():
        value = meant.get(question.name)
        if question.choices and isinstance(value, str) and value not in question.choices:
            alike = [one for one in question.choices if one.startswith(value) or value.startswith(one)]
            meant[question.name] = alike[0] if len(alike) == 1 else value
    return meant
