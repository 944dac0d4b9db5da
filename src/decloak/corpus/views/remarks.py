"""Remarks: comments between and behind lines, time stamps before them."""

from __future__ import annotations

from random import Random

from decloak.corpus.views.base import Page, edited

__all__ = ["commented", "stamped"]

_REMARKS = (
    "why is this open?", "check with the owner", "known, accepted until the end of the quarter",
    "new since last week", "old box, to be retired", "TODO", "looks patched", "not ours",
    "to be verified by hand", "see the runbook", "false alarm?", "interesting", "same as above",
    "behind the load balancer", "ask the network team", "was closed in March", "out of scope",
    "needs follow-up", "changed after the migration", "has an exception on file", "duplicate",
)  # fmt: skip
_BEHIND = ("  # {}", "   // {}", "  <-- {}", "  ({})", "    <== {}", "  !! {}", " -- {}")
_BETWEEN = ("# {}", "// {}", "<!-- {} -->", "[{}]", "NOTE: {}", "; {}", "*** {} ***", "-- {}")


def commented(page: Page, rng: Random) -> Page | None:
    """Write remarks behind some lines and between others."""
    ends = [i for i, char in enumerate(page.text) if char == "\n"]
    if not ends:
        return None
    edits = []
    for i in rng.sample(ends, min(len(ends), rng.randint(1, 4))):
        remark = rng.choice(_REMARKS)
        if rng.random() < 0.6:
            edits.append((i, i + 1, rng.choice(_BEHIND).format(remark) + "\n"))
        else:
            edits.append((i, i + 1, "\n" + rng.choice(_BETWEEN).format(remark) + "\n"))
    return edited(page, edits)


def stamped(page: Page, rng: Random) -> Page | None:
    """Put a time stamp before every line, as log collectors and ``ts`` do."""
    day = f"20{rng.randint(20, 26)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    seconds = rng.randrange(80_000)
    form = rng.choice(
        ("{d}T{t}Z ", "{d} {t} ", "[{t}] ", "{d} {t},{m:03} INFO ", "<14>{t} scanner: ")
    )

    def stamp() -> str:
        nonlocal seconds
        seconds += rng.randint(0, 2)
        clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        return form.format(d=day, t=clock, m=rng.randrange(1000))

    head, text = stamp(), page.text
    edits = [
        (i, i + 1, "\n" + stamp()) for i, c in enumerate(text) if c == "\n" and i + 1 < len(text)
    ]
    return edited(page, edits, head=head)
