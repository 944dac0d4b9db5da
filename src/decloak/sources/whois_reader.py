"""WHOIS line by line: fields, titles of sections, and the lines below them."""

from __future__ import annotations

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.indicators.engine import compile_pattern
from decloak.sources.whois_keys import Meaning, meaning_of
from decloak.sources.whois_values import ADDRESS, DOMAIN_NAME
from decloak.sources.whois_writer import WhoisWriter

__all__ = ["WhoisReader"]

_BRACKETED = compile_pattern(rb"(?:[a-z]\. ?)?\[([^\[\]\n]{1,60})\]")
_DOTTED = compile_pattern(rb"([\w][\w ]{0,40}?)\.{3,60} +(\S)")
_BARE_DOMAIN = compile_pattern(rb"(?i)domain(?: name)? +(\S+)")
_ABUSE = compile_pattern(rb"Abuse contact for .{1,100} is '([^']{3,100})'")
_LISTED_NET = compile_pattern(
    rb"([^\n(]{2,80}?) \S{1,60} \((?:NET|NET6)-[\w-]{1,40}\) ([0-9A-Fa-f.:]+ - [0-9A-Fa-f.:]+)"
)
_COMMENTS = b"%#;"
_MAX_KEY = 96
_MAX_TITLE = 72


class WhoisReader:
    """Reads the lines of one segment and adds what they say to the facts.

    Args:
        view: the text.
        facts: where to add.
    """

    def __init__(self, view: View, facts: Facts) -> None:
        self.text = view.text
        self.shadow = view.shadow
        self.write = WhoisWriter(view, facts)
        self._section: Meaning | None = None
        self._indent = 0  # of the section's title
        self._lines = 0  # read in the section
        self._gap = False  # a blank line came since
        self._below = -1  # lines indented more than this continue a field without entities

    def read(self, start: int, end: int) -> None:
        """Read all lines of a range."""
        position = start
        for raw in self.shadow[start:end].split(b"\n"):
            line = raw.strip()
            if not line:
                self._blank()
            else:
                indent = raw.index(line[:1]) if len(raw) > len(line) else 0
                begin = position + indent
                self._line(line, begin, begin + len(line), indent)
            position += len(raw) + 1

    def _blank(self) -> None:
        self._below = -1
        if self._lines:
            self._gap = True
            if self._section is None or self._section.kind != "party":
                self._close()
        self.write.end_paragraph()

    def _line(self, line: bytes, start: int, end: int, indent: int) -> None:
        if self._gap:
            self._gap = False
            if indent <= self._indent or b":" in line[:_MAX_KEY]:
                self._close()
        if line[0] in _COMMENTS:
            if b"Abuse contact for" in line:
                match = _ABUSE.search(self.shadow, start, end)
                if match:
                    self.write.abuse(*match.span(1))
            return
        if line[:1] == b"[" or line[1:3] == b". ":
            match = _BRACKETED.match(self.shadow, start, end)
            if match:
                self._field(match.span(1), match.end(), end, indent)
                return
        colon = line.find(b":", 0, _MAX_KEY)
        if colon > 0 and line[colon : colon + 3] != b"://":
            self._field((start, start + colon), start + colon + 1, end, indent)
            return
        if colon < 0 and b"..." in line[:_MAX_KEY]:
            match = _DOTTED.match(self.shadow, start, end)
            if match:
                self._field(match.span(1), match.start(2), end, indent)
                return
        self._plain(line, start, end, indent)

    def _field(self, key: tuple[int, int], start: int, end: int, indent: int) -> None:
        """Read ``key: value``; a key without value is the title of a section."""
        name = self.text[key[0] : key[1]]
        meaning = meaning_of(name)
        if (
            self.shadow[start : start + 1] == b" "
            and not self.shadow[start + 1 : min(start + 2, end)].isspace()
        ):
            start += 1
        else:
            rest = self.shadow[start:end]
            start += len(rest) - len(rest.lstrip())
        self._below = -1
        if start < end:
            if meaning is not None and meaning.scope != "ignored":
                if self._section is not None and indent <= self._indent and meaning.kind == "party":
                    self._close()
                self._lines += 1
                self.write.field(meaning, start, end)
                if meaning.kind == "nameserver":
                    self._section, self._indent = meaning, indent
                else:
                    self._below = indent
            elif meaning is None:
                self._unnamed(key, start, end)
            return
        if meaning is not None and meaning.scope != "ignored" and meaning.known:
            inside = self._section is not None and indent >= self._indent
            if meaning.scope == "contact" and meaning.field and inside:
                self._below = indent  # "Address:" with its lines below
                return
            self._open(meaning, indent)
        elif self._section is None or indent <= self._indent:
            self._close()

    def _unnamed(self, key: tuple[int, int], start: int, end: int) -> None:
        """A line whose colon belongs to its value, or whose key is a name."""
        inside = self._section is not None
        servers = self._section is not None and self._section.kind == "nameserver"
        if servers or (inside and self.shadow.find(b"@", start, end) > 0):
            self._below_title(key[0], end)
        elif ADDRESS.match(self.shadow, start, end) and DOMAIN_NAME.search(self.shadow, *key):
            self.write.name_servers(key[0], end)  # "Address of ns1.example.com: 192.0.2.1"

    def _open(self, meaning: Meaning, indent: int) -> None:
        self._section, self._indent, self._lines = meaning, indent, 0
        self.write.begin(meaning)

    def _close(self) -> None:
        self._section = None
        self.write.role = ""

    def _plain(self, line: bytes, start: int, end: int, indent: int) -> None:
        """Read a line without a key: a title, a line below one, or prose."""
        if 0 <= self._below < indent:
            return
        self._below = -1
        section = self._section
        if section is not None and (indent > self._indent or not self._is_title(start, end)):
            self._below_title(start, end)
            return
        if self._is_title(start, end):
            meaning = meaning_of(self.text[start:end])
            if meaning is not None:
                self._open(meaning, indent)
                return
        if line[:7].lower() == b"domain ":
            match = _BARE_DOMAIN.match(self.shadow, start, end)
            if match and DOMAIN_NAME.match(self.shadow, *match.span(1)):
                self.write.domain_name(*match.span(1))
        elif b" (NET" in line:
            match = _LISTED_NET.match(self.shadow, start, end)
            if match:
                self.write.network(match.span(1), match.span(2))

    def _is_title(self, start: int, end: int) -> bool:
        if end - start > _MAX_TITLE:
            return False
        meaning = meaning_of(self.text[start:end])
        return (
            meaning is not None
            and meaning.known
            and (
                meaning.kind in {"party", "nameserver"}
                or (meaning.kind in {"domain", "org"} and meaning.field in {"name", "registrar"})
            )
        )

    def _below_title(self, start: int, end: int) -> None:
        section = self._section
        if section is not None:
            self._lines += 1
            self.write.below(section, start, end, self._lines)
