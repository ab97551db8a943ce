"""A form file becomes sound HTML that keeps what was typed, and what a browser sends comes back as answers."""

from datetime import UTC, datetime
from pathlib import Path

import html5lib
import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from engine.form_files import read_form
from engine.forms import Field, Form, check_answers
from web import answers, forms
from web.app import dress

NOW = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
FORMS = sorted((Path(__file__).parents[2] / "workflows" / "forms").glob("*.yaml"))
LONG = {f"choice_{number}": f"Choice {number}" for number in range(12)}
EVERYTHING = Form(
    "everything",
    "Everything",
    (
        Field("short", "A word", "text", required=True),
        Field("story", "What happened?", "long_text", hint="In their words."),
        Field("sure", "Are you sure?", "yes_no"),
        Field("why", "Why are you sure?", "long_text", required=True, shown_when={"sure": (True,)}),
        Field("channel", "How?", "choice", choices={"email": "E-mail", "post": "Letter"}, other_allowed=True),
        Field("stamp", "Which stamp?", "choice", choices={"1st": "First", "2nd": "Second"},
              shown_when={"channel": ("post",)}),
        Field("when", "When?", "date", required=True),
        Field("needs", "What helps?", "choices", choices={"large": "Large print", "call": "A call"}, other_allowed=True,
              sensitive=True),
        Field("area", "Which area?", "choice", choices=LONG),
        Field("many", "How many?", "whole_number"),
        Field("email", "E-mail", "email"),
        Field("phone", "Telephone", "phone"),
        Field("who", "Who?", "person"),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def dressed():
    app = Flask("web")
    dress(app)
    return app


@pytest.fixture(autouse=True)
def templates(dressed):
    with dressed.app_context():
        yield


def form(name):
    path = next(path for path in FORMS if path.stem == name)
    found, problems = read_form(path.read_bytes(), path.name)
    assert found is not None, problems
    return found


def page(form, given=None, problems=None, **more):
    """The form as a browser sees it; anything a strict parser stumbles over fails the test."""
    html = forms.fields(form, answers.fresh(NOW) if given is None else given, problems, **more)
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(f"<!DOCTYPE html><html><head><title>t</title></head><body><form>{html}</form></body></html>")


def ids(tree):
    return [element.get("id") for element in tree.iter() if isinstance(element.tag, str) and element.get("id")]


def by_id(tree, wanted):
    return next((one for one in tree.iter() if isinstance(one.tag, str) and one.get("id") == wanted), None)


def sent_back(tree):
    """What a browser would send of the page as it stands."""
    sent = MultiDict()
    for one in tree.iter("input"):
        if one.get("type") not in ("radio", "checkbox") or one.get("checked") is not None:
            sent.add(one.get("name"), one.get("value", ""))
    for one in tree.iter("textarea"):
        sent.add(one.get("name"), "".join(one.itertext()))
    for one in tree.iter("select"):
        chosen = [option for option in one.iter("option") if option.get("selected") is not None]
        sent.add(one.get("name"), (chosen or list(one.iter("option")))[0].get("value", ""))
    return sent


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_every_shipped_form_is_sound_html_with_each_id_once(path):
    tree = page(form(path.stem))
    found = ids(tree)
    assert len(found) == len(set(found))
    for label in tree.iter("label"):
        assert label.get("for") in found


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_every_link_of_the_error_summary_leads_to_a_field(path):
    made = form(path.stem)
    problems = dict.fromkeys(("happened", *made.names), "Mend this")
    given = {name: wanted[0] for field in made.fields for name, wanted in field.shown_when.items()}
    found = ids(page(made, given, problems))
    listed = forms.error_list(made, problems)
    assert [one["text"] for one in listed] == ["Mend this"] * (len(made.names) + 1)
    assert all(one["href"].removeprefix("#") in found for one in listed)


def test_what_was_typed_comes_back_as_it_was():
    given = {
        "happened": "2026-03-09T14:30",
        "short": 'a "quoted" <word>',
        "story": "One line.\n  Another, set in.\n\nA third & last.",
        "sure": True,
        "why": "First line\nsecond line, inside an answer",
        "channel": "by pigeon",
        "when": "2026-02-01",
        "needs": ["call", "a quiet room"],
        "area": "choice_7",
        "many": "12",
        "email": "a@example.org",
        "phone": "01632 960 001",
        "who": "Mr O'Hara",
    }
    sent = sent_back(page(EVERYTHING, given))
    assert answers.read(EVERYTHING, sent) | {"happened": answers.read_happened(sent)} == given | {"sure": "yes"}


def test_what_was_typed_wrong_is_kept_beside_the_problem():
    sent = MultiDict({"when-day": "31", "when-month": "2", "when-year": "2026"})
    raw = answers.read(EVERYTHING, sent)
    _, problems = check_answers(EVERYTHING, raw)
    tree = page(EVERYTHING, raw, problems)
    assert [by_id(tree, f"answer-when-{part}").get("value") for part in ("day", "month", "year")] == ["31", "2", "2026"]
    assert "real date" in "".join(by_id(tree, "answer-when-error").itertext())


def test_a_question_for_one_answer_stands_inside_that_answer():
    tree = page(EVERYTHING)
    inside = by_id(tree, "conditional-answer-channel-2")
    assert by_id(inside, "answer-stamp") is not None
    assert by_id(tree, "answer-channel-2").get("data-aria-controls") == "conditional-answer-channel-2"


def test_a_question_for_several_answers_stands_open():
    asked = Field("channel", "How?", "choice", choices={"email": "E-mail", "post": "Letter", "fax": "Fax"})
    several = Field("paper", "On what paper?", "text", shown_when={"channel": ("post", "fax")})
    tree = page(Form("f", "F", (asked, several)))
    assert ids(tree).count("answer-paper") == 1
    assert not any(one.startswith("conditional-") for one in ids(tree))


def test_an_answer_to_a_question_that_is_not_asked_is_dropped():
    sent = MultiDict(
        {"short": "x", "sure": "no", "why": "never mind", "when-day": "1", "when-month": "2", "when-year": "2026"}
    )
    clean, problems = check_answers(EVERYTHING, answers.read(EVERYTHING, sent))
    assert problems == {}
    assert "why" not in clean


def test_a_value_that_is_no_choice_is_refused():
    sent = MultiDict({"area": "the moon", "short": "x", "when-day": "1", "when-month": "2", "when-year": "2026"})
    _, problems = check_answers(EVERYTHING, answers.read(EVERYTHING, sent))
    assert list(problems) == ["area"]


def test_it_happened_today_until_somebody_says_otherwise():
    tree = page(EVERYTHING)
    assert by_id(tree, "answer-happened-day").get("value") == "10"
    sent = sent_back(tree)
    assert answers.happened(answers.read_happened(sent), NOW) is None


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        (("9", "3", "2026", ""), datetime(2026, 3, 9, 12, 0, tzinfo=UTC)),
        (("9", "March", "2026", "14:30"), datetime(2026, 3, 9, 14, 30, tzinfo=UTC)),
        (("9", "jul", "2025", "2.30pm"), datetime(2025, 7, 9, 13, 30, tzinfo=UTC)),
        (("10", "3", "2026", "9am"), datetime(2026, 3, 10, 9, 0, tzinfo=UTC)),
        (("10", "3", "2026", "12am"), datetime(2026, 3, 10, 0, 0, tzinfo=UTC)),
    ],
)
def test_a_day_and_a_time_are_read_as_people_write_them(typed, moment):
    sent = MultiDict(zip((f"happened-{part}" for part in ("day", "month", "year", "time")), typed, strict=True))
    assert answers.happened(answers.read_happened(sent), NOW) == moment


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("", "", "", ""), "real date"),
        (("31", "2", "2026", ""), "real date"),
        (("1", "", "2026", ""), "real date"),
        (("x", "y-z", "2026", ""), "real date"),
        (("", "", "", "14:30"), "real date"),
        (("1", "2", "2026", "25:00"), "must be a time"),
        (("1", "2", "2026", "teatime"), "must be a time"),
    ],
)
def test_a_moment_that_is_none_is_said_so_and_kept(typed, said):
    sent = MultiDict(zip((f"happened-{part}" for part in ("day", "month", "year", "time")), typed, strict=True))
    text = answers.read_happened(sent)
    with pytest.raises(ValueError, match=said):
        answers.happened(text, NOW)
    again = sent_back(page(EVERYTHING, {"happened": text}))
    assert answers.read_happened(again) == text


def test_optional_is_said_and_a_sensitive_question_says_who_will_see_it():
    text = "".join(page(EVERYTHING).itertext())
    assert "What happened? (optional)" in text
    assert "A word (optional)" not in text
    assert text.count("Only people with the right to see it") == 1


def test_a_long_list_is_a_select_and_a_short_one_radios():
    tree = page(EVERYTHING)
    assert by_id(tree, "answer-area").tag == "select"
    assert by_id(tree, "answer-channel").get("type") == "radio"


def test_people_to_choose_from_are_given_by_the_page():
    tree = page(EVERYTHING, {"who": "7"}, choices={"who": {"7": "Chidi Officer", "8": "Mina Manager"}})
    assert by_id(tree, "answer-who").tag == "select"
    assert sent_back(tree)["who"] == "7"


def test_answers_are_said_in_words():
    said = {field.name: field for field in EVERYTHING.fields}
    assert forms.shown(said["needs"], ["large", "a quiet room"]) == "Large print and a quiet room"
    assert forms.shown(said["when"], "2026-02-01") == "1 February 2026"
    assert forms.shown(said["sure"], False) == "No"
    assert forms.shown(said["channel"], "post") == "Letter"
    assert forms.shown(said["story"], None) == ""
