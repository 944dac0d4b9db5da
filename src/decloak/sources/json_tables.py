"""JSON tables: what the fields of a tool's JSON mean, declared in a file and not in code.

``data/<name>.toml`` has a section for each owner of a field (``host``, ``port``, ``note`` ...); a line is

    "ssl.cert.subject.O" = "ORGANIZATION"          # a note: the label alone
    "hostnames" = "names DOMAIN"                   # a field of the record, and its label; "-" for none

Besides labels: ``NAME`` is a domain or an address, ``HOST`` any name of a host, ``PRODUCTS`` a string that
names products. ``*`` in a path stands for any key, a last ``{}`` for the key itself as the value.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from decloak.core.document import View
from decloak.core.facts import RECORDS, Facts
from decloak.sources.json_scan import NUMBER, Token
from decloak.sources.names import label_of_name, note_name
from decloak.sources.products import note_products

__all__ = ["Field", "JsonTable", "TableWriter", "json_table"]

Path = tuple[str, ...]
_ANY, _KEY = "*", "{}"
_MOST_REMEMBERED = 4096
_NUMERIC = frozenset({"PORT", "VERSION", "ASN"})  # what may be written as a number
_MANY = {name: frozenset(kind.many) for name, kind in RECORDS.items()}


class Field(NamedTuple):
    """What a field means.

    Attributes:
        owner: the section it is declared in.
        name: field of the owner's record; for a note, its path.
        label: the entity label or way of reading, or "" when it is no entity.
    """

    owner: str
    name: str
    label: str


class JsonTable:
    """The fields of one tool's JSON by the path that leads to them.

    Args:
        sections: owner -> path -> name and label.
    """

    def __init__(self, sections: dict[str, dict[str, str]]) -> None:
        self._values: dict[Path, Field] = {}
        self._keys: dict[Path, Field] = {}
        self._patterns: list[tuple[Path, Field, bool]] = []
        for owner, fields in sections.items():
            for dotted, meaning in fields.items():
                name, _, label = meaning.rpartition(" ")
                path = tuple(dotted.split("."))
                plain = ".".join(key for key in path if key not in {_ANY, _KEY})
                found = Field(owner, name or plain, "" if label == "-" else label)
                is_key = path[-1] == _KEY
                if is_key or _ANY in path:
                    self._patterns.append((path, found, is_key))
                else:
                    self._values[path] = found
        self._seen_values: dict[Path, Field | None] = {}
        self._seen_keys: dict[Path, Field | None] = {}

    def value(self, path: Path) -> Field | None:
        """Return what the value at a path means; None when it is not declared."""
        seen = self._seen_values
        if path in seen:
            return seen[path]
        return self._remember(seen, path, self._values.get(path) or self._matched(path, key=False))

    def key(self, path: Path) -> Field | None:
        """Return what the last key of a path means by itself."""
        seen = self._seen_keys
        return (
            seen[path]
            if path in seen
            else self._remember(seen, path, self._matched(path, key=True))
        )

    @staticmethod
    def _remember(seen: dict[Path, Field | None], path: Path, found: Field | None) -> Field | None:
        if len(seen) >= _MOST_REMEMBERED:
            seen.clear()
        seen[path] = found
        return found

    def _matched(self, path: Path, *, key: bool) -> Field | None:
        return next(
            (
                field
                for pattern, field, is_key in self._patterns
                if is_key is key
                and len(pattern) == len(path)
                and all(want in {_ANY, _KEY, got} for want, got in zip(pattern, path, strict=True))
            ),
            None,
        )


@cache
def json_table(name: str) -> JsonTable:
    """Return the table of a tool, by the name of its file."""
    text = (files("decloak.sources") / "data" / f"{name}.toml").read_text("utf-8")
    return JsonTable(
        {owner: fields for owner, fields in tomllib.loads(text).items() if isinstance(fields, dict)}
    )


class TableWriter:
    """Write the declared fields of one document.

    Args:
        view: the text.
        facts: where to add.
    """

    def __init__(self, view: View, facts: Facts) -> None:
        self.view = view
        self.facts = facts
        self._filled: set[tuple[int, str]] = set()

    def field(self, record: int, name: str, label: str, token: Token) -> None:
        """Add a field of a record; a second value of a field that has one becomes a note."""
        facts, text = self.facts, self.view.text
        start, end = token.start, token.end
        if label == "CVE" and text[start] == "!":
            return  # Shodan's sign for: tested, and not vulnerable
        if start == end or (label and token.kind == NUMBER and label not in _NUMERIC):
            return
        kind = facts.kinds[record]
        if name not in _MANY[kind]:
            if (record, name) in self._filled:
                self.note(label, token, f"{kind}.{name}")
                return
            self._filled.add((record, name))
        if label == "HOST":
            label = label_of_name(token.value or text[start:end])
        facts.add(record, name, label, start, end, token.value)

    def note(self, label: str, token: Token, detail: str) -> None:
        """Note an entity that belongs to no field of a record."""
        start, end = token.start, token.end
        if label == "NAME":
            note_name(self.view, start, end, self.facts, detail)
        elif label == "PRODUCTS":
            note_products(self.view, start, end, self.facts, detail)
        else:
            if label == "HOST":
                label = label_of_name(token.value or self.view.text[start:end])
            if label and (token.kind != NUMBER or label in _NUMERIC):
                self.facts.note(label, start, end, detail, token.value)
