"""Dense, honest, varied tool output from a seed: about 13,000 indicators per megabyte."""

from __future__ import annotations

import random

from decloak.evaluation.hosts import prose
from decloak.evaluation.hosts.draw import Draw
from decloak.evaluation.hosts.marks import collect
from decloak.evaluation.hosts.tools import banner, dig, dig_short, nmap, shodan, whois
from decloak.perturb import Perturbation, disguise_document

__all__ = ["COUNTED", "disguised_text", "text_of"]

KINDS = (nmap, dig, whois, shodan, dig_short, banner, dig, nmap)
COUNTED = frozenset({"IP_ADDRESS", "DOMAIN", "URL", "EMAIL", "HASH", "CVE"})


def text_of(size: int, seed: int = 1) -> tuple[str, int]:
    """Return `size` ASCII characters or a few more, and how many indicators they hold.

    A megabyte is made of fresh documents; more is the same megabyte again with other seeds, every
    tenth block repeated from a stock so that making 100 MB does not take longer than reading it.
    """
    draw = Draw(random.Random(seed))
    stock: list[tuple[str, int]] = []
    parts: list[str] = []
    length = indicators = 0
    while length < size:
        if len(stock) < 8000:
            text, marks = collect(draw.rng.choice(KINDS)(draw))
            made = text, sum(mark.label in COUNTED for mark in marks)
            stock.append(made)
        else:
            made = draw.rng.choice(stock)
        parts.append(made[0])
        length += len(made[0])
        indicators += made[1]
    return "".join(parts), indicators


def disguised_text(family: Perturbation, size: int, seed: int = 1) -> str:
    """Return `size` code points or a few more in which all that one family can disguise is disguised."""
    draw = Draw(random.Random(f"{seed}/{family.name}"))
    parts: list[str] = []
    length = 0
    while length < size:
        kind = draw.rng.choice((*KINDS, prose.prose, prose.indicators))
        text, marks = collect(kind(draw))
        made = disguise_document(text, marks, [family], draw.rng, share=1.0)
        parts.append(made.text)
        length += len(made.text)
    return "\n".join(parts)
