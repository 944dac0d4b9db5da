"""Clean: which edits the decoders make on text that nobody disguised.

The documents are judged by people: an edit that undoes a real disguise (a report that writes
``[.]``) is no fault. So each edit is listed with its surroundings. On text of our own making, in
which nothing is disguised, every edit is a fault.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from random import Random

from decloak.core.alignment import Edit
from decloak.core.document import Document
from decloak.evaluation.honest import honest_texts
from decloak.evaluation.hosts.draw import Draw
from decloak.evaluation.hosts.marks import collect
from decloak.evaluation.report import Table, percent
from decloak.evaluation.robustness import HOSTS
from decloak.evaluation.runner import Runner

__all__ = ["tables"]


def tables(documents: Iterable[tuple[str, str, str]], runner: Runner, seed: int) -> list[Table]:
    """Run over (id, source, text) and over generated honest text; list every edit.

    Args:
        documents: what is to be looked at.
        runner: the pipeline.
        seed: for the generated text.
    """
    listed = Table("Edits", ("document", "family", "decoder", "from", "to", "around"))
    shares = Table("Documents edited", ("source", "documents", "edited", "share", "edits"))
    rng = Random(f"{seed}/honest")  # noqa: S311 - repeatable text, no secrets
    honest = [(f"honest/{kind}", kind, text) for kind, text in honest_texts(rng, 50)]
    honest += [
        (f"host/{kind}", f"host {kind}", collect(make(Draw(rng)))[0])
        for kind, make in HOSTS.items()
        for _ in range(50)
    ]
    for title, rows in (("", documents), ("generated: ", honest)):
        seen: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        for name, source, text in rows:
            edits = runner.run(Document(name, text)).edits
            counts = seen[title + source]
            counts[0] += 1
            counts[1] += bool(edits)
            counts[2] += len(edits)
            for edit in edits:
                listed.add(name, *_shown(text, edit))
        for source, (total, edited, edits_made) in seen.items():
            shares.add(source, total, edited, percent(edited / total), edits_made)
    return [shares, listed]


def _shown(text: str, edit: Edit) -> tuple[str, str, str, str, str]:
    around = text[max(0, edit.start - 25) : edit.end + 25]
    return edit.family, edit.decoder, text[edit.start : edit.end], edit.replacement, around
