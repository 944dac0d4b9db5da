"""Typo: swapped, dropped, changed and repeated characters in names that are known.

Only the vocabulary is looked at; an address or a domain with a slip in it is another address. In
prose a name must be long, strong and the only one near; where a product, a service or a holder
must stand, less is asked for. Of what is proposed only the services and what shows a disguise are ever
written (`decloak.decode.likenesses`); plain letters may be another name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from operator import itemgetter

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import Expert
from decloak.decode.legal_names import misspelt_legal_names
from decloak.decode.nearness import slip_edit
from decloak.decode.placed_names import repaired
from decloak.decode.positions import positions
from decloak.decode.running_text import misspelt_names
from decloak.decode.service_cells import odd_cells, prefixed_cells, read_cell
from decloak.decode.suspects import Kind, Suspect, suspects

__all__ = ["Typo"]

_MARKS = ("/tcp", "/udp", "/sctp", '"product"', ' portid="')
_BEFORE, _AFTER = 200, 160  # code points of a line around a suspect that decide what stands there


class Typo:
    """Undo slips in known names."""

    name = "typo"
    version = 2
    expert: Expert = "typographic"
    families = ("swap", "delete", "substitute", "symbol", "leet")
    trigger = rb"[A-Za-z]{4}|[a-z]{2,3}[ \t\n]"

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield one edit per misspelt word."""
        found = list(suspects(view))
        edits = [
            *misspelt_legal_names(view),
            *_placed(view, found),
            *misspelt_names(view, found),
            *prefixed_cells(view),
        ]
        edits.sort(key=lambda edit: (edit.start, -edit.confidence, edit.end))
        end = -1
        for edit in edits:
            if edit.start >= end:
                end = edit.end
                yield edit


def _placed(view: View, found: Iterable[Suspect]) -> Iterator[Edit]:
    """Yield edits at positions where a name must stand, on the lines that hold suspects."""
    odd = (Suspect(start, end, Kind.NEAR) for start, end in odd_cells(view))
    for low, high in _windows(view.text, sorted((*found, *odd), key=itemgetter(0))):
        # A line that is cut begins with a sign of its own, so that nothing passes for its start.
        cut = low > 0 and view.text[low - 1] != "\n"
        part = View(("\0" if cut else "") + view.text[low:high])
        for edit in _in_window(part):
            by = low - cut
            yield replace(edit, start=edit.start + by, end=edit.end + by)


def _windows(text: str, found: Iterable[Suspect]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of lines around suspects, those that meet made one."""
    low = high = -1
    for start, end, kind in found:
        if kind is Kind.UNKNOWN and not _is_on_port_line(text, start):
            continue
        first = max(text.rfind("\n", max(start - _BEFORE, 0), start) + 1, start - _BEFORE, 0)
        last = text.find("\n", end, end + _AFTER)
        last = min(end + _AFTER, len(text)) if last < 0 else last + 1
        if first > high:
            if high > low:
                yield low, high
            low = first
        high = max(high, last)
    if high > low:
        yield low, high


def _is_on_port_line(text: str, start: int) -> bool:
    """Whether a port stands before a word on its line, or the key of a product."""
    low = max(start - _BEFORE, 0)
    lead = text[max(text.rfind("\n", low, start), low) : start]
    return any(mark in lead for mark in _MARKS)


def _in_window(view: View) -> Iterator[Edit]:
    text = view.text
    for position in positions(view):
        surface = text[position.start : position.end]
        if position.kind == "service":
            yield from read_cell(surface, position.start, position.port)
            continue
        for start, word, name in repaired(surface, position.kind):
            yield slip_edit(position.start + start, word, name, 0.85, f"as a {position.kind}")
