"""Sections: put tables into a page between marks, each under the command that printed it.

A page can then be made again piece by piece, and what people wrote between the sections stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from decloak.core.errors import InputError
from decloak.evaluation.report import Table

__all__ = ["command_line", "put", "section"]

_PATHS = frozenset(
    {"--corpus", "--data", "--baseline", "--robust", "--model", "--cache", "--csv", "--png"}
)
"""Options whose value is a path: shown as given when it is relative, else as a name in capitals."""
_SILENT = frozenset({"--into", "--cache", "--jobs"})
"""Options that change nothing in what is printed."""


def command_line(program: str, arguments: Sequence[str]) -> str:
    """Return the command as others would type it: no absolute paths, no options without effect."""
    words = [program]
    pending = list(arguments)
    while pending:
        word = pending.pop(0)
        name, equals, value = word.partition("=")
        takes = name in _PATHS | _SILENT
        if takes and not equals and pending:
            value = pending.pop(0)
        if name in _SILENT:
            continue
        if takes:
            words += [name, name[2:].upper() if Path(value).is_absolute() else value]
        else:
            words.append(word)
    return " ".join(words)


def section(command: str, tables: Sequence[Table], note: str = "") -> str:
    """Lay out tables under the command that printed them."""
    parts = [f"    {command}", *([note] if note else []), *(table.markdown() for table in tables)]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def put(page: Path, name: str, text: str) -> None:
    """Write `text` between the marks of section `name`; at the end of the page when it has none.

    Raises:
        InputError: when the page has a mark without its counterpart.
    """
    begin, end = f"<!-- {name}: generated -->", f"<!-- {name}: end -->"
    old = page.read_text("utf-8") if page.exists() else ""
    if (begin in old) != (end in old):
        message = f"{page}: only one of the marks {begin} and {end} is there; put both or neither"
        raise InputError(message)
    new = "\n\n".join((begin, text.strip("\n"), end))
    if begin in old:
        pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        made = pattern.sub(lambda _: new, old, count=1)
    else:
        made = f"{old.rstrip()}\n\n{new}\n".lstrip("\n")
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(made, "utf-8")
