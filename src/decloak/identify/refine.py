"""Semantic refinement: the model words an instruction anew; every slot has to survive."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from decloak.core.errors import ModelError
from decloak.identify.reflect import Ask
from decloak.identify.select import SLOT, Instructions, Template, fill
from decloak.llm import Message, Request

__all__ = ["Refined", "keeps_slots", "refine"]

_BRACKETED = re.compile(r"\[[^\[\]\n]{0,80}\]")
_SHORTEST, _LONGEST = 0.4, 2.0
"""How long a new wording may be, relative to the old one."""


class Refined(NamedTuple):
    """An instruction after refinement.

    Attributes:
        text: the new wording, or the old one where it was refused.
        accepted: whether it is the new one.
        reason: why it was refused, or "".
    """

    text: str
    accepted: bool
    reason: str = ""


def refine(ask: Ask, wording: Instructions, template: Template, *, seed: int) -> Refined:
    """Let the model word the instruction for the narrative anew for one template.

    It never sees a document for this, so no document can change an instruction.
    """
    old = wording.narrate
    asked = fill(wording.refine, context=template.name.partition("@")[0])
    try:
        reply = ask(Request((Message("user", f"{asked}\n\n{old}"),), seed=seed, max_tokens=256))
    except ModelError as error:
        return Refined(old, accepted=False, reason=error.cause)
    new = reply.text.strip().strip('"')
    if not keeps_slots(old, new):
        return Refined(old, accepted=False, reason="slots lost or added")
    if not _SHORTEST * len(old) <= len(new) <= _LONGEST * len(old):
        return Refined(old, accepted=False, reason="too short or too long")
    return Refined(new, accepted=True)


def keeps_slots(old: str, new: str) -> bool:
    """Whether a new wording has exactly the slots of the old one, and nothing like another."""
    wanted = Counter(match[0] for match in SLOT.finditer(old))
    return wanted == Counter(_BRACKETED.findall(new))
