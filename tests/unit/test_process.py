"""What holds for every process, whatever its diagrams: agreement with the library, state, budgets, timers, answers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from engine import process as processes
from engine.process import (
    Budget,
    DefinitionRefused,
    NotOpen,
    OverBudget,
    Process,
    ProcessStuck,
    StateRefused,
)
from tests.unit.stock_process import StockProcess

WORKFLOWS = Path(__file__).parents[2] / "workflows"
SHIPPED = {str(path.relative_to(WORKFLOWS)): path.read_bytes() for path in sorted(WORKFLOWS.rglob("*.bpmn"))}
WINDOWED = {"two_stage": "stage_2", "three_stage": "stage_2", "four_stage": "stage_3"}


class Ledger:
    """Facts a test sets by hand."""

    def __init__(self, *, promised: bool = True, in_time: bool = True, passed: tuple[str, ...] = ()) -> None:
        self.promised, self.in_time, self.passed = promised, in_time, set(passed)

    def is_true(self, question: str, stage: str | None) -> bool:
        return {"is_acknowledgement_promised": self.promised, "is_request_in_time": self.in_time}[question]

    def has_passed(self, deadline: str) -> bool:
        return deadline in self.passed


EVENTS = {
    "message": '<bpmn:messageEventDefinition messageRef="{}" />',
    "terminates": "<bpmn:terminateEventDefinition />",
    "timer": "<bpmn:timerEventDefinition><bpmn:timeDate>{}</bpmn:timeDate></bpmn:timerEventDefinition>",
}
ATTRIBUTES = {
    "on": 'attachedToRef="{}"',
    "beside": 'attachedToRef="{}" cancelActivity="false"',
    "calls": 'calledElement="{}"',
    "default": 'default="{}"',
}


def drawn(text: str, process: str = "case") -> dict[str, bytes]:
    """A diagram from `userTask ask; ask -> done; ask -> other : ask == 'yes'` and the like.

    After an id: `message NAME`, `timer NAME`, `on ID` (the border it is on; `beside ID` when it does not interrupt),
    `calls PROCESS`, `default ARROW`, `terminates`. What stands between `[ ID` and `]` is an embedded subprocess.
    """
    shapes = [shape.strip() for shape in text.split(";")]
    drawing = "".join(_shape(shape) for shape in shapes)
    sent = sorted({shape.split()[3] for shape in shapes if " message " in shape})
    messages = "".join(f'<bpmn:message id="{name}" name="{name}" />' for name in sent)
    whole = (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="x">'
        f'<bpmn:process id="{process}" isExecutable="true">{drawing}</bpmn:process>{messages}</bpmn:definitions>'
    )
    return {f"{process}.bpmn": whole.encode()}


def _shape(shape: str) -> str:
    first, *rest = shape.split()
    if first == "[":
        return f'<bpmn:subProcess id="{rest[0]}">'
    if first == "]":
        return "</bpmn:subProcess>"
    if rest[0] == "->":
        return _arrow(first, rest[1], shape.partition(" : ")[2])
    words = {word: (rest[at + 1] if at + 1 < len(rest) else "") for at, word in enumerate(rest)}
    attributes = " ".join(text.format(words[word]) for word, text in ATTRIBUTES.items() if word in words)
    inside = "".join(text.format(words[word]) for word, text in EVENTS.items() if word in words)
    return f'<bpmn:{first} id="{rest[0]}" {attributes}>{inside}</bpmn:{first}>'


def _arrow(source: str, target: str, condition: str) -> str:
    inside = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    ends = f'id="{source}_{target}" sourceRef="{source}" targetRef="{target}"'
    return f"<bpmn:sequenceFlow {ends}>{inside}</bpmn:sequenceFlow>"


LOOP = drawn(
    "startEvent begin; userTask ask; exclusiveGateway again default again_done; endEvent done; "
    "userTask rest; boundaryEvent asked message asked on ask; "
    "boundaryEvent noted message noted beside ask; intermediateCatchEvent once_more message noted; "
    "begin -> ask; ask -> again; again -> rest : ask == 'again'; again -> done; rest -> ask; "
    "asked -> rest; noted -> once_more; once_more -> once_more"
)
PARALLEL = drawn(
    "startEvent begin; parallelGateway split; userTask left; userTask right; parallelGateway join; "
    "endEvent done; [ part; startEvent inner; userTask deep; endEvent over terminates; inner -> deep; "
    "deep -> over; ]; boundaryEvent stopped message stopped on part; exclusiveGateway either; "
    "begin -> split; split -> left; split -> right; left -> join; right -> part; part -> either; "
    "stopped -> either; either -> join; join -> done"
)
TIMERS = drawn(
    "startEvent begin; userTask ask; eventBasedGateway which; intermediateCatchEvent first timer first; "
    "intermediateCatchEvent second timer second; intermediateCatchEvent told message told; endEvent one; "
    "endEvent two; endEvent three; boundaryEvent chased timer chase beside ask; userTask chase_it; "
    "endEvent chased_up; begin -> ask; ask -> which; which -> first; which -> second; which -> told; "
    "first -> one; second -> two; told -> three; chased -> chase_it; chase_it -> chased_up"
)


def start(files: dict[str, bytes], ledger: Ledger | None = None, budget: Budget | None = None) -> Process:
    return Process.start(processes.definition_of(files, "case"), ledger or Ledger(), budget)


def keys(process: Process) -> list[str]:
    return [task.key for task in process.open_tasks()]


# --- agreement with the library -------------------------------------------------------------------


def moves(process: Process) -> list[tuple[str, str]]:
    done = [("complete", key) for key in keys(process)]
    sent = [("send", name) for name in sorted(process.waiting_messages()) if name != "withdrawn"]
    passing = [("pass", name) for name in sorted(process.waiting_timers())]
    return done * 2 + sent + passing


def walked(files: dict[str, bytes], spine: str, seed: int) -> Iterator[tuple[object, object]]:
    """A random walk, saved and restored between all steps: how ours and the library's stand after each."""
    choose, ledger = random.Random(seed), Ledger()
    ledger.promised = choose.random() < 0.8
    definition = processes.definition_of(files, spine)
    ours, stock = Process.start(definition, ledger), StockProcess(files, spine, ledger, WINDOWED.get(spine, ""))
    for _ in range(30):
        yield (
            (set(keys(ours)), ours.waiting_messages(), ours.waiting_timers(), ours.is_ended),
            (stock.open_tasks(), stock.waiting_messages(), stock.waiting_timers(), stock.is_ended),
        )
        ours = Process.restore(definition, ours.state(), ledger)
        if not moves(ours):
            return
        ledger.in_time = choose.random() < 0.5
        verb, name = choose.choice(moves(ours))
        if choose.random() < 0.02 and "withdrawn" in ours.waiting_messages():
            verb, name = "send", "withdrawn"
        if verb == "complete":
            answer = choose.choice(["complaint", "accept", "again", "refuse"])
            answer = "complaint" if name == "triage" and choose.random() < 0.8 else answer
            ours.complete(name, answer)
            stock.complete(name, answer)
        elif verb == "send":
            ours.send(name)
            stock.send(name)
        else:
            ledger.passed = {name}
            assert ours.fire_timers() == (name,)
            stock.look_at_the_timers()
            ledger.passed = set()


@pytest.mark.parametrize("spine", WINDOWED)
@pytest.mark.parametrize("seeds", [range(34), range(34, 67)], ids=["first", "second"])
def test_a_case_stands_where_the_library_says_on_random_walks(spine: str, seeds: range) -> None:
    for seed in seeds:
        for ours, stock in walked(SHIPPED, spine, seed):
            assert ours == stock, f"seed {seed}"


@pytest.mark.parametrize("files", [LOOP, PARALLEL, TIMERS], ids=["loop", "parallel", "timers"])
def test_so_does_a_case_on_diagrams_made_to_be_hard(files: dict[str, bytes]) -> None:
    for seed in range(40):
        for ours, stock in walked(files, "case", seed):
            assert ours == stock, f"seed {seed}"


# --- state ----------------------------------------------------------------------------------------


def test_what_is_saved_is_what_is_restored() -> None:
    process = start(PARALLEL)
    process.complete("right")
    again = Process.restore(processes.definition_of(PARALLEL, "case"), process.state(), Ledger())
    assert again.state() == process.state()
    assert (keys(again), again.steps, again.is_ended) == (["deep", "left"], process.steps, False)


@pytest.mark.parametrize("round_ends", ["ask", "asked"], ids=["by the task", "by interrupting it"])
def test_neither_a_state_nor_a_step_grows_with_the_rounds_of_a_loop(round_ends: str) -> None:
    process, definition = start(LOOP), processes.definition_of(LOOP, "case")
    sizes, rounds = [], []
    for _ in range(200):
        before = process.steps
        process = Process.restore(definition, process.state(), Ledger())
        if round_ends == "asked":
            process.send("asked")
        else:
            process.complete("ask", "again")
        process = Process.restore(definition, process.state(), Ledger())
        process.complete("rest")
        rounds.append(process.steps - before)
        sizes.append(len(process.state()))
    assert sizes[-1] <= sizes[0] + len("1000")
    assert len(set(rounds)) == 1


def test_a_case_driven_without_saving_does_not_grow_either() -> None:
    process = start(LOOP)
    for _ in range(300):
        process.complete("ask", "again")
        process.complete("rest")
    process.complete("ask", "enough")
    assert process.is_ended


def test_a_state_is_small() -> None:
    definition = processes.definition_of(SHIPPED, "four_stage")
    process = Process.start(definition, Ledger())
    process.complete("triage", "complaint")
    process.complete("stage_1.acknowledge")
    assert len(process.state()) < 300


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda state: [99, *state[1:]], "of format 99"),
        (lambda state: [state[0], "elsewhere", *state[2:]], "written for other diagrams"),
        (lambda state: [*state[:-1], [[1, 2]]], "cannot be read"),
        (lambda state: [*state[:-1], [[1000, 8, -1]]], "cannot be read"),
        (lambda state: {"tasks": state}, "cannot be read"),
        (lambda state: "__import__('os').system('true')", "cannot be read"),
    ],
)
def test_a_state_that_does_not_fit_is_refused(change: object, what: str) -> None:
    assert callable(change)
    state = orjson.dumps(change(orjson.loads(start(LOOP).state())))
    with pytest.raises(StateRefused, match=what):
        Process.restore(processes.definition_of(LOOP, "case"), state, Ledger())


def test_a_state_cut_short_is_refused() -> None:
    with pytest.raises(StateRefused, match="cannot be read"):
        Process.restore(processes.definition_of(LOOP, "case"), start(LOOP).state()[:-5], Ledger())


def test_a_state_stays_readable_when_a_diagram_is_only_moved_about() -> None:
    moved = {path: text.replace(b"><", b">\n  <") for path, text in LOOP.items()}
    restored = Process.restore(processes.definition_of(moved, "case"), start(LOOP).state(), Ledger())
    assert keys(restored) == ["ask"]


def test_cases_of_one_version_share_one_definition() -> None:
    assert processes.definition_of(dict(LOOP), "case") is processes.definition_of(LOOP, "case")


# --- budgets --------------------------------------------------------------------------------------

ENDLESS = drawn(
    "startEvent begin; userTask ask; exclusiveGateway merge; exclusiveGateway round default round_done; "
    "endEvent done; begin -> ask; ask -> merge; merge -> round; round -> merge : ask == 'again'; "
    "round -> done"
)


@pytest.mark.parametrize(
    ("files", "budget", "which"),
    [
        (ENDLESS, Budget(depth=10_000), "steps"),
        (ENDLESS, Budget(), "depth"),
        (ENDLESS, Budget(depth=10_000, steps=10_000, seconds=0), "seconds"),
        (ENDLESS, Budget(depth=10_000, tasks=100), "tasks"),
    ],
)
def test_a_move_over_its_budget_is_stopped_and_leaves_nothing_to_save(
    files: dict[str, bytes], budget: Budget, which: str
) -> None:
    state = start(files).state()
    process = Process.restore(processes.definition_of(files, "case"), state, Ledger(), budget)
    with pytest.raises(OverBudget, match=which) as stopped:
        process.complete("ask", "again")
    assert stopped.value.budget == which
    with pytest.raises(ProcessStuck, match="load the case again"):
        process.state()
    assert keys(Process.restore(processes.definition_of(files, "case"), state, Ledger())) == ["ask"]


def test_an_ordinary_case_stays_far_within_its_budgets() -> None:
    process = Process.start(
        processes.definition_of(SHIPPED, "four_stage"), Ledger(), Budget(steps=25, depth=45, tasks=400)
    )
    process.complete("triage", "complaint")
    for stage in ("stage_1", "stage_2"):
        process.complete(f"{stage}.acknowledge")
        for _ in range(20):
            process.send(f"{stage}.extension_given")
        process.complete(f"{stage}.respond")
        process.send(f"stage_{int(stage[-1]) + 1}.requested")
    assert keys(process) == ["stage_3.convene_panel"]


# --- timers ---------------------------------------------------------------------------------------


def test_a_timer_is_asked_each_time_and_fires_only_when_told() -> None:
    ledger = Ledger(passed=("first",))
    process = start(TIMERS, ledger)
    process.complete("ask")
    assert process.waiting_timers() == {"first", "second"}
    ledger.passed = set()  # an extension moved it meanwhile
    assert process.fire_timers() == ()
    ledger.passed = {"first"}
    assert process.fire_timers() == ("first",)
    assert process.ended_at == "one"


def test_of_two_timers_of_one_wait_only_one_takes_effect() -> None:
    process = start(TIMERS, Ledger(passed=("first", "second")))
    process.complete("ask")
    assert process.fire_timers() == ("first",)
    assert (process.is_ended, process.ended_at) == (True, "one")


def test_a_timer_beside_a_task_leaves_the_task_open() -> None:
    process = start(TIMERS, Ledger(passed=("chase",)))
    assert process.fire_timers() == ("chase",)
    assert keys(process) == ["ask", "chase_it"]
    assert process.fire_timers() == ()


def test_a_timer_in_a_loop_catches_up_once_at_a_time() -> None:
    again = drawn(
        "startEvent begin; exclusiveGateway merge; intermediateCatchEvent due timer due; begin -> merge; "
        "merge -> due; due -> merge"
    )
    process = start(again, Ledger(passed=("due",)))
    assert process.fire_timers() == ("due",)
    assert process.waiting_timers() == {"due"}


# --- answers --------------------------------------------------------------------------------------


def test_a_newer_answer_replaces_the_older_and_no_answer_is_none() -> None:
    process = start(LOOP)
    process.complete("ask", "again")
    process.complete("rest")
    process.complete("ask")
    assert process.is_ended


def test_an_answer_given_in_a_stage_is_known_to_the_spine_by_its_whole_name() -> None:
    stage = drawn(
        "startEvent begin; userTask respond; endEvent over; begin -> respond; respond -> over",
        process="a_stage",
    )
    spine = drawn(
        "startEvent begin; callActivity stage_1 calls a_stage; callActivity stage_2 calls a_stage; "
        "exclusiveGateway which default which_no; endEvent yes; endEvent no; begin -> stage_1; "
        "stage_1 -> stage_2; stage_2 -> which; "
        "which -> yes : stage_1.respond == 'upheld' and stage_2.respond != 'upheld'; which -> no"
    )
    process = start({**stage, **spine})
    process.complete("stage_1.respond", "upheld")
    process.complete("stage_2.respond", "not_upheld")
    assert process.ended_at == "yes"


def test_a_question_the_ledger_does_not_know_stops_the_move() -> None:
    asks = drawn(
        "startEvent begin; userTask ask; exclusiveGateway which default which_no; endEvent yes; "
        "endEvent no; begin -> ask; ask -> which; which -> yes : is_the_moon_full; which -> no"
    )
    process = start(asks)
    with pytest.raises(ProcessStuck, match="is_the_moon_full"):
        process.complete("ask")


def test_a_task_is_completed_once() -> None:
    process = start(PARALLEL)
    process.complete("left")
    with pytest.raises(NotOpen, match="Open now: right"):
        process.complete("left")


# --- definitions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "what"),
    [
        (drawn("startEvent begin; callActivity gone calls nowhere; begin -> gone"), "'nowhere' is not among"),
        (drawn("startEvent begin; scriptTask run; begin -> run"), "'scriptTask' is not something"),
        (drawn("startEvent begin; userTask Start; begin -> Start"), "'Start' is not an id"),
        (drawn("startEvent begin; intermediateCatchEvent due timer P1D; begin -> due"), "a timer names one deadline"),
        (
            drawn(
                "startEvent begin; exclusiveGateway which; endEvent yes; endEvent no; begin -> which; "
                "which -> yes : __import__('os'); which -> no : true"
            ),
            "A condition cannot be read",
        ),
        (drawn("userTask alone"), "cannot be read"),
        (drawn("startEvent begin; endEvent done; begin -> done", process="other"), "'case' is not among"),
    ],
)
def test_diagrams_that_cannot_be_run_are_refused(files: dict[str, bytes], what: str) -> None:
    with pytest.raises(DefinitionRefused, match=what):
        processes.parse(files, "case")
