"""Page: the errors of one or more systems as one self-contained file of HTML.

Nothing of a document is ever markup there: texts are JSON in a data block, shown as text by a script that
is the only one the page's own policy lets run.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from decloak.evaluation.report import Table
from decloak.evaluation.scorecard.errors import Error, errors_of
from decloak.evaluation.scorecard.gold import GoldSet, Predictions

__all__ = ["MOST", "page"]

MOST = 20_000
"""Errors on one page; more are counted, not shown."""
_AROUND = 120
"""Code points of context on either side."""
_LONGEST = 2_000
"""Code points of one place that are shown."""
_NOTHING = "–"


def page(gold: GoldSet, systems: Sequence[Predictions], summary: Table, about: str) -> str:
    """Return the page.

    Args:
        gold: what is known.
        systems: what is predicted.
        summary: the table at its top.
        about: one line: what was measured, and how.
    """
    confusion: Counter[tuple[str, str, str]] = Counter()
    rows: list[dict[str, Any]] = []
    left_out = 0
    for said in systems:
        found = list(errors_of(gold, said))
        confusion.update(_cells(gold, said, found))
        room = max(MOST - len(rows), 0)
        rows += [_row(gold, said.system, each) for each in islice(found, room)]
        left_out += max(len(found) - room, 0)
    data = {
        "about": about,
        "summary": {"columns": summary.columns, "rows": [list(map(str, r)) for r in summary.rows]},
        "confusion": [[*key, count] for key, count in sorted(confusion.items())],
        "errors": rows,
        "left_out": left_out,
    }
    folder = Path(__file__).with_name("data")
    style, script, frame = (
        (folder / f"errors.{kind}").read_text("utf-8") for kind in ("css", "js", "html")
    )
    # ASCII with every < escaped: no text can end the data block, whatever a parser makes of it.
    block = json.dumps(data, ensure_ascii=True).replace("<", "\\u003c")
    parts = {
        "STYLE_HASH": _digest(style),
        "SCRIPT_HASH": _digest(script),
        "STYLE": style,
        "SCRIPT": script,
        "DATA": block,
    }
    pieces = []
    rest = frame
    for name in ("STYLE_HASH", "SCRIPT_HASH", "STYLE", "DATA", "SCRIPT"):
        before, _, rest = rest.partition(f"@{name}@")
        pieces += [before, parts[name]]
    return "".join([*pieces, rest])


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def _cells(
    gold: GoldSet, said: Predictions, found: Sequence[Error]
) -> Iterator[tuple[str, str, str]]:
    """Yield (system, gold label, predicted label) of every error, and of what is right."""
    for error in found:
        known = error.gold.label if error.gold else _NOTHING
        yield said.system, known, error.said.label if error.said else _NOTHING
    missed = {(each.text, each.gold) for each in found if each.gold is not None}
    for index, text in enumerate(gold.texts):
        for each in text.gold:
            if (index, each) not in missed:
                yield said.system, each.label, each.label


def _row(gold: GoldSet, system: str, error: Error) -> dict[str, Any]:
    text = gold.texts[error.text]
    places = [each for each in (error.gold, error.said) if each is not None]
    low = max(min(each.start for each in places) - _AROUND, 0)
    high = min(max(each.end for each in places) + _AROUND, low + _LONGEST)
    return {
        "system": system,
        "kind": error.kind,
        "id": text.id,
        "source": text.source,
        "families": list(gold.families[error.text]) if gold.families else [],
        "context": text.text[low:high],
        "offset": low,
        "gold": error.gold
        and {
            "label": error.gold.label,
            "start": error.gold.start,
            "end": error.gold.end,
            "value": error.gold.value[:_LONGEST],
        },
        "said": error.said
        and {
            "label": error.said.label,
            "start": error.said.start,
            "end": error.said.end,
            "value": error.said.value[:_LONGEST],
            "confidence": error.said.confidence,
            "evidence": list(error.said.evidence),
        },
        "stage": error.stage,
        "reason": error.reason,
    }
