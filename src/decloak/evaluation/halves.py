"""Halves: which rows a model may be trained on, and which it may only be scored on.

The service banners fall into groups (one per protocol and field). Whole groups go to one half or
to the other, by a hash of the group's name alone, so that anyone can tell without a list and so
that nothing of a held-out group is ever near a trained one.
"""

from __future__ import annotations

from hashlib import sha256

__all__ = ["is_training_half"]


def is_training_half(group: str) -> bool:
    """Whether rows of this group may be trained on; all others are held out for scoring.

    Args:
        group: the row's ``group``.
    """
    return sha256(group.encode()).digest()[0] % 2 == 0
