r"""Edges: where an indicator ends though the next character could be one of its own.

``evil.example\nroot.example`` inside a JSON string are two names with a written-out line end between them, and
``+203.0.113.5+`` is an address in AsciiDoc's markup. Neither is a disguise, so nothing is edited: like margins, what
stands there is blank to those who look for indicators, at the same offsets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from weakref import WeakKeyDictionary

from decloak.core.document import View
from decloak.indicators.edges.columns import cell_ends
from decloak.indicators.edges.escapes import written_out
from decloak.indicators.edges.markup import emphasis, literal_marks
from decloak.indicators.edges.scripts import beside_scripts

__all__ = ["edged"]

_Rule = Callable[[View], Iterable[tuple[int, int]]]
_RULES: tuple[_Rule, ...] = (written_out, literal_marks, beside_scripts, cell_ends)
"""What each finds depends on the text only as the ones before it left it."""


_memory: WeakKeyDictionary[View, View | None] = WeakKeyDictionary()
"""What was seen of the texts in use, for the tagger after the decoders; None for what holds no edges."""


def edged(view: View, *, decoded: bool = True) -> View:
    """Return the view with blanks for what parts indicators; the same one where nothing does.

    Args:
        view: a text.
        decoded: whether nobody is going to look for disguises in it any more.
    """
    if view not in _memory:
        seen = view
        for rule in _RULES:
            seen = seen.blanked(rule(seen))
        _memory[view] = None if seen is view else seen
    parted = _memory[view] or view
    return parted.blanked(emphasis(parted, decoded=decoded))
