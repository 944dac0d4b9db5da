"""Bench: what all items of one run share: texts, systems, answers, and where things are kept."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from random import Random

from decloak.core.errors import InputError
from decloak.core.labels import CORE_LABELS
from decloak.corpus.sample import Sample
from decloak.evaluation.gold import load
from decloak.evaluation.reproduce.budget import Budget
from decloak.evaluation.reproduce.outcome import LATE, Missing
from decloak.evaluation.tagger.conditions import CLEAN, Condition
from decloak.evaluation.tagger.mentions import Text
from decloak.evaluation.tagger.predict import Answers
from decloak.evaluation.tagger.texts import clean_samples, draw, in_order, undisguised
from decloak.tag.places import find_folder

__all__ = ["SIX", "SOURCES", "Bench", "six"]

SIX = frozenset(CORE_LABELS)
"""The published classes: organization, domain, IP address, software, service, version."""
SOURCES = ("shodan", "whois", "dig", "nmap")
"""The columns of the published Table 1, in its order."""


def six(text: Text) -> Text:
    """Return a text with the six published classes alone."""
    gold = tuple(each for each in text.gold if each.label in SIX)
    places = {(each.start, each.end) for each in gold}
    known = SIX if text.exhaustive is None else SIX & text.exhaustive
    return replace(text, gold=gold, exhaustive=known, disguised=text.disguised & places)


@dataclass
class Bench:
    """What the items of one run share.

    Attributes:
        budget: how much is measured.
        corpus: a folder of `decloak corpus build`, or a file of its JSON lines.
        data: a folder of labelled documents by others, or None.
        work: where answers, trained taggers and replies are kept between runs.
        seed: of every draw.
        llm: the language model, or None.
        jobs: processes.
        minutes: after which no training and no question to a language model begins.
        say: told what is going on.
    """

    budget: Budget
    corpus: Path
    data: Path | None
    work: Path
    seed: int = 20_261_201
    llm: str | None = None
    jobs: int = 1
    minutes: float = math.inf
    say: Callable[[str], None] = field(default=lambda _: None)

    def __post_init__(self) -> None:
        self._began = time.monotonic()

    @property
    def is_late(self) -> bool:
        """Whether nothing long may begin any more."""
        return time.monotonic() - self._began > 60 * self.minutes

    @cached_property
    def answers(self) -> Answers:
        """The answers of systems, kept from run to run."""
        return Answers(self.work / "answers.jsonl", self.jobs)

    @cached_property
    def shipped(self) -> Path:
        """The folder of the tagger's own model.

        Raises:
            InputError: when there is none.
        """
        found = find_folder(None)
        if found is None:
            message = (
                "no tagger is shipped with this installation; name one in DECLOAK_TAGGER_MODEL"
            )
            raise InputError(message)
        return found

    def samples(self, part: str) -> list[Sample]:
        """Return the clean samples of a part in an order whose every beginning has all sources."""
        return in_order(clean_samples(self.corpus, part), self.seed)

    def clean(self, part: str = "test", sources: Sequence[str] = ()) -> list[Text]:
        """Return documents as they are, with the six classes, at most as many as the budget has."""
        ordered = [each for each in self.samples(part) if not sources or each.source in sources]
        made = draw(ordered, Condition("clean", CLEAN), self.budget.clean, self.seed)
        return [six(each) for each in made]

    def disguised(
        self, condition: Condition, part: str = "test", share: float = 1.0
    ) -> tuple[list[Text], list[Text]]:
        """Return documents in disguise, and the same undisguised in the same order."""
        ordered = self.samples(part)
        made = draw(ordered, condition, self.budget.disguised, self.seed, share)
        plain = {text.id: text for text in undisguised(ordered, {text.id for text in made})}
        kept = [text for text in made if text.id in plain]
        return [six(text) for text in kept], [six(plain[text.id]) for text in kept]

    def others(self) -> list[Text]:
        """Return documents by others of the four tools, with the six classes; [] without any."""
        if self.data is None or not self.data.is_dir():
            return []
        found: list[Text] = []
        by_source: dict[str, list[Text]] = {}
        for row in load(self.data, sources=frozenset(SOURCES)):
            text = Text(row.id, row.source, row.text, row.entities, row.exhaustive, row.ignore)
            by_source.setdefault(row.source, []).append(six(text))
        for source in SOURCES:
            rows = [
                text
                for text in by_source.get(source, ())
                if text.gold and len(text.text) <= self.budget.longest
            ]
            rng = Random(f"{self.seed}/{source}")  # noqa: S311 - repeatable, no secrets
            found += rng.sample(rows, min(len(rows), self.budget.others))
        return found

    def digest(self) -> str:
        """Return 16 hex digits of the corpus."""
        return digest_of(self.corpus)

    def untrained(self, what: str, item: str) -> Missing:
        """Say that something takes training that this run had no budget or no time for."""
        late = self.budget.words > 0
        why = LATE if late else "this budget trains no taggers"
        budget = self.budget.name if late else self.budget.larger
        command = f"decloak reproduce {item} --budget {budget} --corpus CORPUS"
        return Missing(what, why, command)


def digest_of(path: Path) -> str:
    """Return 16 hex digits of a file, or of the Parquet or JSON lines in a folder.

    Raises:
        InputError: when it cannot be read.
    """
    state = sha256()
    try:
        files = [path] if path.is_file() else sorted(path.rglob("*.parquet"))
        for file in files or sorted(path.rglob("*.jsonl")):
            state.update(file.name.encode())
            state.update(file.read_bytes())
    except OSError as error:
        message = f"{path}: {(error.strerror or type(error).__name__).lower()}"
        raise InputError(message) from error
    return state.hexdigest()[:16]
