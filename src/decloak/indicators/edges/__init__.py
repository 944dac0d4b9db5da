r"""Edges: where an indicator ends though the next character could be one of its own.

``evil.example\nroot.example`` inside a JSON string are two names with a written-out line end between them, and
``+203.0.113.5+`` is an address in AsciiDoc's markup. Neither is a disguise, so nothing is edited: like margins, what
stands there is blank to those who look for indicators, at the same offsets.
"""

from __future__ import annotations

from typing import NamedTuple
from weakref import WeakKeyDictionary

from decloak.core.document import View
from decloak.indicators.edges.columns import cell_ends
from decloak.indicators.edges.escapes import written_out
from decloak.indicators.edges.markup import literal_marks
from decloak.indicators.edges.scripts import beside_scripts

__all__ = ["edged"]


class _Seen(NamedTuple):
    """What was seen of a text in use.

    Attributes:
        parted: the text with blanks; None where it holds no edges, lest it keep itself alive.
        emphasis: what is blank as well once the decoders are through.
    """

    parted: View | None
    emphasis: list[tuple[int, int]]


_memory: WeakKeyDictionary[View, _Seen] = WeakKeyDictionary()
"""For the tagger, after the decoders."""


def edged(view: View, *, decoded: bool = True) -> View:
    """Return the view with blanks for what parts indicators; the same one where nothing does.

    Args:
        view: a text.
        decoded: whether nobody is going to look for disguises in it any more.
    """
    seen = _memory.get(view)
    if seen is None:
        seen = _memory[view] = _looked_at(view)
    parted = seen.parted or view
    return parted.blanked(seen.emphasis) if decoded else parted


def _looked_at(view: View) -> _Seen:
    """What each rule finds depends on the text only as the ones before it left it."""
    parted = view.blanked(written_out(view))
    marks = literal_marks(parted)
    parted = parted.blanked(marks.literal)
    for rule in (beside_scripts, cell_ends):
        parted = parted.blanked(rule(parted))
    return _Seen(None if parted is view else parted, marks.emphasis)
