"""The stages and timescales of a draft in words: what a table of them shows, and what a form about one offers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.policy import DeadlineRule, PolicyVersion, Stage, bare, stage_of
from web import names, promise_words, wording

STOPS = {
    "complaint_received": "the complaint is received",
    "requested": "the resident asks for the stage",
    "acknowledged": "the acknowledgement is sent",
    "response_sent": "our answer is sent",
    "response_received": "the resident receives our answer",
    "panel_met": "the panel meets",
    "withdrawn": "the complaint is withdrawn",
    "satisfied": "the resident is satisfied",
}
MORE_TIME = {"extension_given": "An extension", "holding_reply_sent": "A holding reply"}
LANES = (("handler", "Considers it"), ("panel", "Convenes the panel and writes"), ("desk", "Acknowledges and writes"))


@dataclass(frozen=True)
class Row:
    """A timescale as the table shows it. `warning`: its words name another length of time."""

    key: str
    title: str
    within: str
    starts: str
    stops: str
    more_time: str
    says: str
    is_window: bool
    warning: str


@dataclass(frozen=True)
class StageShown:
    """A stage as the page shows it: who does what, its timescales, and whether it can move."""

    stage: Stage
    who: list[tuple[str, str]]
    rows: list[Row]
    may_go_up: bool
    may_go_down: bool


def stages(version: PolicyVersion) -> list[StageShown]:
    """Every stage in order."""
    own = [stage for stage in version.stages if not stage.is_external]
    return [
        StageShown(
            stage,
            who(version, stage),
            [row(version, rule) for rule in version.deadlines if stage_of(rule.key) == stage.key],
            may_go_up=stage in own[1:],
            may_go_down=stage in own[:-1],
        )
        for stage in version.stages
    ]


def of_the_case(version: PolicyVersion) -> list[Row]:
    """The timescales of the case as a whole."""
    return [row(version, rule) for rule in version.deadlines if stage_of(rule.key) is None]


def row(version: PolicyVersion, rule: DeadlineRule) -> Row:
    """One timescale in words."""
    starts = [start(version, name, rule.key) for name in (rule.of, rule.or_of) if name]
    contradicted = promise_words.contradiction(rule.says, rule.within)
    return Row(
        key=rule.key,
        title=title(rule.key),
        within=str(rule.within),
        starts=" or ".join(starts),
        stops=stop(version, rule.met_by, rule.key) if rule.met_by else "nothing: it only says from when",
        more_time=more_time(rule),
        says=rule.says,
        is_window=rule.is_window,
        warning=f"The words say “{contradicted}”." if contradicted else "",
    )


def title(key: str) -> str:
    """What a timescale is called within its stage: `Answer`."""
    return wording.plain(names.DEADLINES.get(bare(key), bare(key)))


def start(version: PolicyVersion, event: str, at: str = "") -> str:
    """What starts a clock: `the acknowledgement`; with the stage where it is not the clock's own."""
    return _of_stage(version, names.STARTS.get(bare(event), wording.plain(bare(event)).lower()), event, at)


def stop(version: PolicyVersion, event: str, at: str = "") -> str:
    """What stops a clock: `our answer is sent`."""
    return _of_stage(version, STOPS.get(bare(event), wording.plain(bare(event)).lower()), event, at)


def _of_stage(version: PolicyVersion, words: str, event: str, at: str) -> str:
    stage = stage_of(event)
    return words if stage is None or stage == stage_of(at) else f"{words} ({names.stage(version, stage)})"


def more_time(rule: DeadlineRule) -> str:
    """How it may be given more time, in a few words; empty where it may not."""
    if rule.more_time is None:
        return ""
    kind = MORE_TIME.get(rule.more_time.event, wording.plain(rule.more_time.event))
    return f"{kind} of at most {rule.more_time.at_most}" if rule.more_time.at_most else f"{kind}, without a limit"


def who(version: PolicyVersion, stage: Stage) -> list[tuple[str, str]]:
    """Who does what at a stage."""
    lanes: Iterable[tuple[str, str | None]] = ((words, getattr(stage, lane)) for lane, words in LANES)
    found = [(words, names.role(version, role)) for words, role in lanes if role]
    apart = [names.stage(version, key) for key in stage.not_the_same_person_as]
    return [*found, *([("Never the same person as at", wording.listed(apart))] if apart else [])]


def events(version: PolicyVersion, known: Iterable[str], at: str, words: Mapping[str, str]) -> dict[str, str]:
    """The events a clock of that key may be bound to, with their words, those of its own stage first."""
    order = [None, *(stage.key for stage in version.stages)]
    own = stage_of(at)
    found = [name for name in known if bare(name) in words and stage_of(name) in order]
    found.sort(key=lambda name: (stage_of(name) != own, order.index(stage_of(name)), list(words).index(bare(name))))
    return {name: _capital(_of_stage(version, words[bare(name)], name, at)) for name in found}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
