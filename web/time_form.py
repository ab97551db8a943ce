"""What the short form for a timescale asks and offers, how it is read back, and what it does to the draft's files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from werkzeug.datastructures import MultiDict

from engine import version_editing
from engine.drafting import Draft
from engine.library import Library
from engine.policy import DeadlineRule, PolicyVersion, Within, bare, stage_of
from engine.policy_stages import CASE_DATES, MORE_TIME, length
from engine.refusals import BadAnswers
from engine.version_text import KEPT, Kept, Text, opened
from web import names, promise_words, stage_words, wording
from web.stage_saving import Files

UNITS = ("working days", "days", "weeks", "months")
NONE = "none"
WAYS = {NONE: "No", "extension": "Yes, an extension", "holding_reply": "Yes, a holding reply"}
OF_A_STAGE = ("acknowledgement", "response", "panel", "request_window")
USUAL = {
    "acknowledgement": ("5", "requested", "acknowledged"),
    "response": ("10", "acknowledged", "response_sent"),
    "panel": ("20", "requested", "panel_met"),
    "request_window": ("20", "response_received", "requested"),
    "complain_by": ("12", "resident_aware", "complaint_received"),
}


@dataclass(frozen=True)
class Typed:
    """What stands in the form: everything as text, as a browser sends it."""

    count: str = ""
    unit: str = "working days"
    of: str = ""
    met_by: str = ""
    says: str = ""
    way: str = NONE
    most_count: str = ""
    most_unit: str = "working days"
    cites: str = ""
    keeps_words: bool = False

    @property
    def within(self) -> str:
        """`10 working days`; empty where no number was typed."""
        return _as_text(self.count, self.unit)

    @property
    def length(self) -> Within | None:
        return length(self.within)

    @property
    def at_most(self) -> str:
        """How long an extension may be; empty where there is none or it has no limit."""
        return "" if self.way == NONE else _as_text(self.most_count, self.most_unit)

    def saying(self, words: str) -> Typed:
        """The same with other words."""
        return replace(self, says=words)


def of(rule: DeadlineRule) -> Typed:
    """A timescale as the form shows it."""
    more = rule.more_time
    most = more.at_most if more else None
    return Typed(
        count=str(rule.within.count),
        unit=rule.within.unit,
        of=rule.of,
        met_by=rule.met_by or "",
        says=rule.says,
        way=next((way for way, event in MORE_TIME.items() if more and more.event == event), NONE),
        most_count=str(most.count) if most else "",
        most_unit=most.unit if most else "working days",
        cites=", ".join(str(one) for one in rule.cites),
    )


def read(sent: MultiDict[str, str]) -> Typed:
    """What a browser sent."""
    texts = {name: " ".join(sent.get(name, "").split()) for name in Typed.__dataclass_fields__ if name != "keeps_words"}
    return Typed(**{**texts, "way": texts["way"] or NONE}, keeps_words=bool(sent.get("keeps_words")))


def changed(draft: Draft, rule: DeadlineRule, typed: Typed) -> Files:
    """The files with the timescale as the form has it. Raises BadAnswers with a sentence for each field."""
    _refuse(typed, of(rule))
    before = of(rule)
    files: Files = draft.files
    if typed.way != before.way and before.way != NONE:  # one kind of more time takes the place of the other
        files = version_editing.set_deadline(files, draft.path, rule.key, at_most="")
    files = version_editing.set_deadline(files, draft.path, rule.key, within=typed.within)
    return version_editing.set_deadline(
        files,
        draft.path,
        rule.key,
        of=typed.of,
        met_by=typed.met_by,
        says=said(rule, typed),
        at_most=_most(typed, before),
        more_time="" if typed.way == NONE else typed.way,
        cites=_cites(typed, before),
    )


def said(rule: DeadlineRule, typed: Typed) -> str:
    """The words it will have: those typed; where nobody touched them, with the new time in place of the old."""
    within = typed.length
    if typed.says != rule.says or within is None or typed.keeps_words:
        return typed.says
    return promise_words.adapted(rule.says, rule.within, within)


def offered(rule: DeadlineRule, typed: Typed) -> str:
    """Other words to offer, where those it would have name another time than was chosen; else empty."""
    within, words = typed.length, said(rule, typed)
    contradicted = promise_words.contradiction(words, within) if within else ""
    if not within or not contradicted or typed.keeps_words:
        return ""
    return promise_words.adapted(words, promise_words.lengths(contradicted)[0].within, within)


def added(draft: Draft, shelf: Library, key: str, typed: Typed) -> Files:
    """The files with one more timescale. Raises BadAnswers."""
    version = opened(draft.files, draft.path).version
    wrong = {} if key in missing(version) else {"key": "Choose which timescale to add"}
    _refuse(typed, None, wrong)
    usual_one = usual(version, key)
    return version_editing.add_deadline(
        draft.files,
        draft.path,
        key,
        within=typed.within,
        of=typed.of or usual_one.of,
        met_by=(typed.met_by or usual_one.met_by) or None,
        says=typed.says,
        whose="resident" if bare(key) in ("request_window", "complain_by") else "landlord",
        at_most=typed.at_most,
        cites=_as_list(typed.cites),
        shelf=shelf,
    )


def missing(version: PolicyVersion) -> dict[str, str]:
    """The timescales that the version could have and has not, by key, with their words."""
    places = [stage.key for stage in version.stages if not stage.is_external]
    keys = [f"{stage}.{name}" for stage in places for name in OF_A_STAGE if _fits(version, stage, name)]
    return {key: names.deadline(version, key) for key in (*keys, "complain_by") if version.deadline(key) is None}


def usual(version: PolicyVersion, key: str) -> Typed:
    """What a new timescale usually is: offered, and to be changed."""
    if not key:
        return Typed()
    count, start, stop = USUAL[bare(key)]
    stage = stage_of(key)
    keys = [one.key for one in version.stages]
    at = keys.index(stage) if stage in keys else 0
    if start == "requested" and at == 0:
        of = "complaint_received"
    elif start == "response_received" and at:
        of = f"{keys[at - 1]}.{start}"
    else:
        of = f"{stage}.{start}" if stage else start
    met_by = f"{stage}.{stop}" if stage else stop
    return Typed(count=count, unit="months" if key == "complain_by" else "working days", of=of, met_by=met_by)


def choices(draft: Draft, version: PolicyVersion, key: str) -> dict[str, object]:
    """What the form offers to choose from, for its template."""
    known = opened(draft.files, draft.path).names.events
    starts = [*known, *(CASE_DATES if stage_of(key) is None else ())]
    rule = version.deadline(key)
    bound = [name for name in (rule.of, rule.met_by) if name] if rule else []
    return {
        "units": UNITS,
        "starts": _with(stage_words.events(version, starts, key, names.STARTS), bound[:1], version, key),
        "stops": _with(stage_words.events(version, known, key, stage_words.STOPS), bound[1:], version, key),
        "ways": WAYS if bare(key) == "response" else {},
        "sources": {source.key: source.title for source in version.sources.values()},
    }


def in_a_sentence(version: PolicyVersion, rule: DeadlineRule) -> str:
    """A timescale as it stands, for who was overtaken."""
    row = stage_words.row(version, rule)
    return f"{row.within} from {row.starts}, until {row.stops}. “{row.says}”"


def _with(found: dict[str, str], bound: list[str], version: PolicyVersion, key: str) -> dict[str, str]:
    """What a clock is bound to now is among the choices, whatever it is."""
    return found | {name: wording.plain(name) for name in bound if name not in found}


def _fits(version: PolicyVersion, stage: str, name: str) -> bool:
    is_first = version.stages[0].key == stage
    has_panel = version.stage(stage).panel is not None
    return not (name == "request_window" and is_first) and (name != "panel" or has_panel)


def _refuse(typed: Typed, before: Typed | None, wrong: Mapping[str, str] | None = None) -> None:
    found = dict(wrong or {})
    if typed.length is None:
        found["count"] = "Enter how long it may take as a whole number, 1 to 999"
    is_without_limit = before is not None and before.way == typed.way and not before.most_count
    if typed.way != NONE and length(typed.at_most) is None and not (is_without_limit and not typed.most_count):
        found["most_count"] = "Enter how long it may be at most as a whole number, 1 to 999"
    if before is not None and not typed.says:
        found["says"] = "Say in a sentence what is promised"
    if found:
        raise BadAnswers(found)


def _most(typed: Typed, before: Typed) -> Text:
    if typed.way == before.way and typed.at_most == before.at_most:
        return KEPT
    return typed.at_most


def _cites(typed: Typed, before: Typed) -> list[str] | Kept:
    return KEPT if typed.cites == before.cites else _as_list(typed.cites)


def _as_list(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _as_text(count: str, unit: str) -> str:
    number = count.lstrip("0") or count
    if not count:
        return ""
    return f"{number} {unit[:-1] if number == '1' and unit.endswith('s') else unit}"
