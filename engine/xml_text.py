"""XML that people upload, read without trust: one encoding, bounded size, depth and count, no DOCTYPE, no entities.

Nothing is fetched, nothing is expanded, and nothing is parsed before the text has been decoded here and looked
through for declarations.
"""

from __future__ import annotations

import re
import unicodedata

from lxml import etree

from engine.diagram_text import Element
from engine.problems import Problem

MOST_BYTES = 1_000_000
MOST_ELEMENTS = 6_000
DEEPEST = 24
MOST_ATTRIBUTES = 40
LONGEST_VALUE = 5_000

_TOO_MUCH = "An element here has far too much text or too many attributes."
_DECLARED = re.compile(r"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_FORBIDDEN = re.compile(r"<!(?!--|\[CDATA\[)\s*(\w*)")
#: '<' cannot stand in an attribute, so this finds every tag or text too long to be looked at
_ENDLESS = re.compile(r"<[^<]{20000}")
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MARKS = {
    b"\xff\xfe\x00\x00": "utf-32", b"\x00\x00\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16",
}  # fmt: skip


def read(xml: bytes, file: str) -> tuple[Element | None, list[Problem]]:
    """The root element, or None with what is wrong."""
    if len(xml) > MOST_BYTES:
        what = f"This file has {len(xml):,} bytes; the most that is read is {MOST_BYTES:,}."
        return None, [Problem(file, 1, what, "Divide the process with call activities.")]
    text, problems = _decoded(xml, file)
    if problems:
        return None, problems
    try:
        root = etree.fromstring(unicodedata.normalize("NFC", text).encode(), _parser())
    except etree.XMLSyntaxError as error:
        return None, [_syntax_problem(error, file)]
    problems = _bounds(root, file)
    return (None if problems else root), problems


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        attribute_defaults=False, huge_tree=False, remove_comments=True, remove_pis=True, collect_ids=False,
    )  # fmt: skip


def _decoded(xml: bytes, file: str) -> tuple[str, list[Problem]]:
    """The text, with every declaration in it refused whatever it was encoded in."""
    encoding = next((name for mark, name in _MARKS.items() if xml.startswith(mark)), "")
    if not encoding and b"\x00" in xml[:4]:
        encoding = "utf-16-be" if xml[:1] == b"\x00" else "utf-16-le"
    problems = []
    if encoding:
        problems.append(Problem(file, 1, f"This file is {encoding.upper()}, not UTF-8.", "Save it as UTF-8."))
    try:
        text = xml.removeprefix(b"\xef\xbb\xbf").decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        line = xml[: error.start].count(b"\n") + 1
        return "", [*problems, Problem(file, line, "This line is not UTF-8 text.", "Save the file as UTF-8.")]
    declared = _DECLARED.match(text)
    if declared and not encoding and declared[1].lower() not in ("utf-8", "us-ascii", "ascii"):
        what = f"This file says that it is '{declared[1][:40]}'."
        problems.append(Problem(file, 1, what, 'Save it as UTF-8, with encoding="UTF-8" in its first line.'))
    forbidden = _FORBIDDEN.search(text)
    if forbidden:
        line = text.count("\n", 0, forbidden.start()) + 1
        what = f"This file has a declaration (<!{forbidden[1][:20]}), which diagrams may not have."
        problems.append(Problem(file, line, what, "Delete everything from '<!' to its '>'."))
    odd = _ODD.search(text)
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        problems.append(Problem(file, line, f"This line holds the character U+{ord(odd[0]):04X}.", "Delete it."))
    endless = _ENDLESS.search(text)
    if endless:
        problems.append(Problem(file, text.count("\n", 0, endless.start()) + 1, _TOO_MUCH, "Shorten it."))
    return text, problems


def _bounds(root: Element, file: str) -> list[Problem]:
    """Walks without recursion, and stops at the first bound that is passed."""
    waiting = [(root, 1)]
    count = 0
    while waiting:
        element, depth = waiting.pop()
        count += 1
        line = element.sourceline or 1
        if count > MOST_ELEMENTS:
            what = f"This file has more than {MOST_ELEMENTS:,} elements."
            return [Problem(file, line, what, "Divide the process with call activities.")]
        if depth > DEEPEST:
            return [Problem(file, line, f"Elements are nested more than {DEEPEST} deep here.", "Make it flatter.")]
        if not isinstance(element.tag, str):
            return [Problem(file, line, "There is an entity here.", "Write the text itself.")]
        too_long = any(len(value) > LONGEST_VALUE for value in (element.text or "", *element.attrib.values()))
        if too_long or len(element.attrib) > MOST_ATTRIBUTES:
            return [Problem(file, line, _TOO_MUCH, "Shorten it.")]
        waiting.extend((child, depth + 1) for child in element)
    return []


#: What the parser says, and what it means.
_SYNTAX = (
    ("Start tag expected", "This is no XML file."),
    ("Document is empty", "This file is empty."),
    ("tag mismatch", "An element is not closed where it should be"),
    ("Premature end", "The file ends before all its elements are closed."),
    ("Extra content", "Something follows after the last element is closed."),
    ("Entity", "A name between & and ; is used that XML does not have."),
    ("Namespace prefix", "A prefix is used that is not declared at the top of the file"),
    ("Attribute", "An attribute is written wrongly or twice"),
    ("Excessive depth", "Elements are nested far too deeply."),
)


def _syntax_problem(error: etree.XMLSyntaxError, file: str) -> Problem:
    said = str(error.msg or "").partition(", line")[0].strip()[:160]
    what = next((meaning for words, meaning in _SYNTAX if words in said), "This is not well-formed XML")
    if not what.endswith("."):
        what = f"{what} ({said})."
    line = error.lineno or 1
    return Problem(file, max(line, 1), what, "Open the last good copy in a modeler and save it again.")
