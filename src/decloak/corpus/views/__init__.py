"""Views: what people do to output before somebody has to read it. Seeded; labels stay exact.

A new one is one function and one line in `VIEWS`.
"""

from __future__ import annotations

from collections.abc import Mapping

from decloak.corpus.views.base import View
from decloak.corpus.views.headings import translated
from decloak.corpus.views.layout import collapsed, crlf, hard_wrapped, spaces_for_tabs, wrapped
from decloak.corpus.views.parts import cut_off, excerpt
from decloak.corpus.views.quotes import chat, fenced, indented, mail, numbered, ticket
from decloak.corpus.views.remarks import commented, stamped

__all__ = ["VIEWS", "View"]

VIEWS: Mapping[str, tuple[View, float]] = {
    "excerpt": (excerpt, 4),
    "cut_off": (cut_off, 2),
    "wrapped": (wrapped, 1),
    "hard_wrapped": (hard_wrapped, 1),
    "collapsed": (collapsed, 4),
    "spaces_for_tabs": (spaces_for_tabs, 1),
    "crlf": (crlf, 0.5),
    "commented": (commented, 2),
    "translated": (translated, 2),
    "stamped": (stamped, 1),
    "indented": (indented, 1),
    "numbered": (numbered, 1),
    "fenced": (fenced, 1),
    "chat": (chat, 2),
    "ticket": (ticket, 1.5),
    "mail": (mail, 1.5),
}
"""Every view with its weight; a text goes through one or two, in this order."""
