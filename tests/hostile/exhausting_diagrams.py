"""Diagrams, files and texts meant to use up time or memory, each with the words its refusal must have."""

from __future__ import annotations

from tests.hostile.drawing import GOOD, A, N, call, date, decision, draw, end, parallel, start, task, timer

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
LAUGHS = b"<!DOCTYPE x [" + b"".join(
    b'<!ENTITY l%d "%s">' % (at, b"&l%d;" % (at - 1) * 10 if at else b"ha") for at in range(10)
) + b"]>"  # fmt: skip
STOLEN = b'<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
_WITH_DECLARATION = {
    name: HEAD + declaration + GOOD.removeprefix(HEAD)
    for name, declaration in {"billion laughs": LAUGHS, "a file read as an entity": STOLEN}.items()
}


def with_task(inside: str = "", more: str = "", kind: str = "userTask") -> bytes:
    """A diagram of one task, with this in it."""
    return draw([start(), N(kind, "answer", more, inside), end()], [A("begun", "answer"), A("answer", "ended")])


def within(what: bytes, whole: bytes = GOOD) -> bytes:
    """A good diagram with this at the end of its process."""
    return whole.replace(b"</bpmn:process>", what + b"</bpmn:process>")


def before(what: bytes) -> bytes:
    """A good diagram with this before its process."""
    return GOOD.replace(b"<bpmn:process ", what + b"<bpmn:process ")


def with_condition(condition: str) -> bytes:
    """A diagram whose one decision asks this."""
    nodes = [start(), decision("is_it_done", "is_it_done_to_ended"), task("answer"), end(), end("answered")]
    arrows = [A("begun", "is_it_done"), A("is_it_done", "answer", condition), A("is_it_done", "ended")]
    return draw(nodes, [*arrows, A("answer", "answered")])


def with_timer(inside: str) -> bytes:
    nodes = [start(), timer("time_is_up", inside), end()]
    return draw(nodes, [A("begun", "time_is_up"), A("time_is_up", "ended")])


def diamonds(count: int) -> bytes:
    """Parallel splits and joins in a row: each doubles what the library looks ahead at."""
    nodes, arrows, last = [start()], [], "begun"
    for at in range(count):
        names = [f"split_{at}", f"left_{at}", f"right_{at}", f"join_{at}"]
        nodes += [parallel(names[0]), task(names[1]), task(names[2]), parallel(names[3])]
        arrows += [A(last, names[0]), A(names[0], names[1]), A(names[0], names[2])]
        arrows += [A(names[1], names[3]), A(names[2], names[3])]
        last = names[3]
    return draw([*nodes, end()], [*arrows, A(last, "ended")])


def chain(count: int) -> bytes:
    """Tasks in a row."""
    names = [f"task_{at}" for at in range(count)]
    arrows = [A(one, following) for one, following in zip(["begun", *names], [*names, "ended"], strict=True)]
    return draw([start(), *map(task, names), end()], arrows)


def nested(depth: int) -> bytes:
    """Subprocesses in each other."""
    inside = '<bpmn:startEvent id="s" name="S" />'
    for at in range(depth):
        inside = f'<bpmn:subProcess id="sub_{at}" name="Sub">{inside}</bpmn:subProcess>'
    return within(inside.encode(), with_task())


_CARDINALITY = "<bpmn:loopCardinality>{}</bpmn:loopCardinality>"
_DURATION = "<bpmn:timeDuration>{}</bpmn:timeDuration>"
_CYCLE = "<bpmn:timeCycle>{}</bpmn:timeCycle>"

#: name -> the file and a part of the sentence it is refused with
SINGLE: dict[str, tuple[bytes, str]] = {
    "a power of powers": (with_condition("9**9**9 > 0"), "'**', which conditions do not have"),
    "a text repeated": (with_condition("'a' * 1000000000 == triage and lambda"), "cannot be read"),
    "a list repeated": (with_condition("len([0] * 999999999) > [x for x in y]"), "a loop, which conditions"),
    "a deep condition": (with_condition("(" * 400 + "1" + ")" * 400), "cannot be read from character"),
    "a long condition": (with_condition("triage == 'x' or " * 100 + "true"), "characters long"),
    "many nots": (with_condition("not " * 200 + "true"), "nested too deeply"),
    "a dunder": (with_condition("triage.__class__.__mro__ == 1"), "is not a name that conditions know"),
    "a fullwidth underscore": (with_condition("triage._\uff3fclass__ == 1"), "is not a name that conditions know"),
    "ten million at once": (
        with_task(f"<bpmn:multiInstanceLoopCharacteristics>{_CARDINALITY.format(10**7)}"
                  "</bpmn:multiInstanceLoopCharacteristics>"), "many times at once"),
    "a loop marker": (with_task("<bpmn:standardLoopCharacteristics />"), "repeats itself"),
    "an enormous duration": (with_timer(_DURATION.format("P99999999999Y")), "a diagram names a deadline"),
    "an endless cycle": (with_timer(_CYCLE.format("R-1/PT0S")), "a diagram names a deadline"),
    "a date in the year 9999999": (with_timer(date("9999999-01-01")), "a diagram names a deadline"),
    "code for a date": (with_timer(date("__import__('os').system('id')")), "no deadline's name"),
    "twenty parallel diamonds": (diamonds(20), "4 are the most"),
    "three parallel diamonds": (diamonds(3), "4 are the most"),
    "a data object that points at nothing": (
        within(b'<bpmn:dataObjectReference id="d" dataObjectRef="x" />'),
        "is a data object reference"),
    "a thousand tasks": (chain(1000), "more than 6,000 elements"),
    "three hundred tasks": (chain(300), "Divide it"),
    "deep subprocesses": (nested(5), "nested more than 3 deep"),
    "very deep subprocesses": (nested(200), "nested more than 24 deep"),
    "a subprocess that begins by itself": (with_task(more='triggeredByEvent="true"', kind="subProcess"),
                                           'is an event subprocess (triggeredByEvent)'),
    "a gateway that begins a process": (with_task(more='instantiate="true"', kind="eventBasedGateway"),
                                        'begins the process (instantiate)'),
    "a task worked many times": (with_task(more='completionQuantity="1000000"'), "completionQuantity"),
    "a megabyte of nothing": (within(b" " * 1_000_001), "bytes; the most"),
    "a long name": (with_task(more=f'name="{"x" * 100_000}"'), "far too much text"),
    "many attributes": (with_task(more=" ".join(f'a{at}=""' for at in range(20_000))), "too many attributes"),
    "many elements": (within(b"<a/>" * 200_000), "more than 6,000 elements"),
    "many namespaces": (before(b"<a " + b" ".join(b'xmlns:n%d="u%d"' % (at, at) for at in range(40_000)) + b"/>"),
                        "too many attributes"),
    **{name: (file, "<!DOCTYPE") for name, file in _WITH_DECLARATION.items()},
    **{f"{name}, in UTF-16": (file.decode().encode("utf-16"), "<!DOCTYPE") for name, file in _WITH_DECLARATION.items()},
    "UTF-16 without a mark": (_WITH_DECLARATION["billion laughs"].decode().encode("utf-16-le"), "<!DOCTYPE"),
    "UTF-32": (_WITH_DECLARATION["billion laughs"].decode().encode("utf-32"), "<!DOCTYPE"),
    "UTF-7 in name only": (GOOD.replace(b"UTF-8", b"UTF-7"), "says that it is 'UTF-7'"),
    "EBCDIC": (GOOD.decode().encode("cp500"), "not UTF-8"),
    "a NUL": (GOOD.replace(b"A process", b"A pro\0cess"), "U+0000"),
    "half a character": (GOOD.replace(b"A process", b"A pro\xc3cess"), "not UTF-8"),
    "a surrogate": (GOOD.replace(b"A process", b"A &#xD800; process"), "not well-formed XML"),
    "an entity nobody declared": (GOOD.replace(b"A process", b"A &x; process"), "that XML does not have"),
    "an include": (within(
        b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname"/>'),
        "belongs to another engine"),
    "an import": (before(b'<bpmn:import location="x" namespace="y" importType="z" />'),
                  "is an import"),
    "nothing": (b"", "This file is empty."),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not UTF-8"),
}  # fmt: skip


def calling(process: str, called: str) -> bytes:
    """A process that only calls another."""
    nodes = [start(), call("next_one", called), end()]
    return draw(nodes, [A("begun", "next_one"), A("next_one", "ended")], process=process)


def doubling(depth: int) -> dict[str, bytes]:
    """Processes that each call the next one twice."""
    files = {"workflows/x/p0.bpmn": draw([start(), end()], [A("begun", "ended")], process="p0")}
    for at in range(1, depth + 1):
        nodes = [start(), call("first", f"p{at - 1}"), call("second", f"p{at - 1}"), end()]
        arrows = [A("begun", "first"), A("first", "second"), A("second", "ended")]
        files[f"workflows/x/p{at}.bpmn"] = draw(nodes, arrows, process=f"p{at}")
    return files


#: the same for several files together
TOGETHER: dict[str, tuple[dict[str, bytes], str]] = {
    "a process that calls itself": ({"workflows/x/one.bpmn": calling("one", "one")}, "calls its own process again"),
    "processes that call each other": (
        {"workflows/x/one.bpmn": calling("one", "two"), "workflows/x/two.bpmn": calling("two", "one")},
        "calls its own process again: two -> one -> two"),
    "processes that call each other in threes": (
        {f"workflows/x/{one}.bpmn": calling(one, two) for one, two in [("a", "b"), ("b", "c"), ("c", "a")]},
        "calls its own process again"),
    "calls that double sixteen times": (doubling(16), "calls deep"),
    "parallel gateways by calls": (
        {"workflows/x/small.bpmn": diamonds(2),
         "workflows/x/twice.bpmn": draw(
             [start(), call("first", "small"), call("second", "small"), end()],
             [A("begun", "first"), A("first", "second"), A("second", "ended")], process="twice")},
        "has 8 parallel gateways"),
}  # fmt: skip
