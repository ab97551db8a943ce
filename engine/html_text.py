"""The words of an HTML e-mail, as plain text: blocks on lines of their own, no scripts, no styles, nothing fetched.

Read with lxml: the standard library's own parser takes minutes over 200 kB of `<!--`.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

#: Of more only the beginning is read.
MOST_READ = 200_000
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "br", "center", "dd", "div", "dl", "dt", "footer", "form", "h1", "h2"}
    | {"h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul"}
)
_UNSEEN = frozenset({"script", "style", "template", "title"})


def text_of_html(html: str) -> str:
    """What a reader would see of it, roughly. Never raises.

    >>> text_of_html("<p>The damp is <b>back</b>.</p><ul><li>wall<li>floor</ul><script>bad()</script>")
    'The damp is back.\\n\\n* wall\\n* floor'
    """
    reader = _Reader()
    parser = etree.HTMLParser(target=reader, no_network=True, recover=True, remove_pis=True, huge_tree=False)
    try:
        parser.feed(html[:MOST_READ].replace("\0", ""))
        parser.close()
    except (etree.LxmlError, ValueError, AssertionError):  # what was read so far is better than nothing
        pass
    return reader.text()


class _Reader:
    """What lxml tells about a page, as it reads it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._unseen = 0

    def start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BLOCKS:
            self._pieces.append("\n\n" if tag in {"p", "ul", "ol", "table", "blockquote"} else "\n")
        if tag == "li":
            self._pieces.append("* ")
        elif tag in {"td", "th"}:
            self._pieces.append(" ")

    def end(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _BLOCKS and tag not in {"br", "li"}:
            self._pieces.append("\n")

    def data(self, data: str) -> None:
        if not self._unseen:
            words = " ".join(data.split())
            self._pieces.append(f"{' ' * data[:1].isspace()}{words}{' ' * (data[-1:].isspace() and bool(words))}")

    def comment(self, _text: str) -> None:
        """Left out."""

    def close(self) -> None:
        """All is read."""

    def text(self) -> str:
        """The lines, without blanks at their ends and with one empty line at most between two."""
        lines = [" ".join(line.split()) for line in "".join(self._pieces).split("\n")]
        kept = [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]
        return "\n".join(kept).strip()
