"""Channel: names under any mixture of character disguises, read by one search.

`odd` keeps honest tokens out, `search` finds what a place may stand for by the arcs of `alternatives` and the names of
`trie`, `context` says what the place asks for, `decision` weighs the readings and the honest hypothesis.
"""

from __future__ import annotations

from decloak.decode.channel.decoder import CHANNEL, over

__all__ = ["CHANNEL", "over"]
