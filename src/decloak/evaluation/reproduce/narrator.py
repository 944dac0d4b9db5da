"""Narrator: tool output told in fluent English without a language model, and labels for what it tells.

The verbaliser states every fact that the grammars found, makes nothing up and leaves nothing of it out: a
better narrator than any model. What the grammars do not find it cannot tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from decloak.core.document import Document
from decloak.corpus.sample import Label, Sample
from decloak.evaluation.score import Gold, key
from decloak.identify.omissions import is_named
from decloak.identify.places import fold, occurrences
from decloak.identify.verbalise import Sentence, name_all, value_of, verbalise
from decloak.options import Settings
from decloak.pipeline import Pipeline

__all__ = ["Narrator", "complete", "labelled"]


class Narrator:
    """Tells texts; made once, used as often as wanted."""

    @cached_property
    def _pipeline(self) -> Pipeline:
        return Pipeline(Settings(tagger="off"))

    def narrative(self, text: str) -> str:
        """Return the sentences, one a line."""
        return "\n".join(each.text for each in self.tell(text)[1])

    def tell(self, text: str) -> tuple[str, list[Sentence]]:
        """Return the readable text, and sentences that state every fact of it."""
        decoded, _, facts, _ = self._pipeline.read(Document("-", text))
        return decoded.text, verbalise(decoded.text, facts.span(0, len(facts)), facts)


def complete(narrative: str, gold: Iterable[Gold]) -> str:
    """Return a narrative with a sentence that names every labelled value which it leaves out.

    No narrator can do better: this one knows the gold. What it names it names with its label.
    """
    folded = fold(narrative)
    left = [
        (each.label, each.value) for each in gold if not is_named(folded, each.label, each.value)
    ]
    return "\n".join(part for part in (narrative, name_all(dict.fromkeys(left))) if part)


def labelled(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Yield the narrative of each sample, labelled: what a tagger of narratives is trained on.

    A place is labelled where a sentence states a fact whose label and value are in the sample's gold.
    """
    narrator = Narrator()
    for sample in samples:
        known = {(each.label, key(each.label, each.value)) for each in sample.entities}
        text, sentences = narrator.tell(sample.text)
        parts: list[str] = []
        labels: list[Label] = []
        at = 0
        for sentence in sentences:
            labels += [
                each._replace(start=each.start + at, end=each.end + at)
                for each in _labels(text, sentence, known)
            ]
            parts.append(sentence.text)
            at += len(sentence.text) + 1
        if labels:
            yield replace(sample, text="\n".join(parts), entities=tuple(labels), layout="narrative")


def _labels(text: str, sentence: Sentence, known: set[tuple[str, str]]) -> list[Label]:
    """Return the labels of one sentence, longer ones first where they overlap, in order."""
    folded = fold(sentence.text)
    found: list[Label] = []
    for fact in sentence.facts:
        value = value_of(text, fact)
        if fact.label and (fact.label, key(fact.label, value)) in known:
            places = occurrences(folded, value)
            found += [Label(low, high, fact.label, value, "narrative") for low, high in places]
    kept: list[Label] = []
    for each in sorted(set(found), key=lambda label: (label.start - label.end, label)):
        if all(each.end <= other.start or other.end <= each.start for other in kept):
            kept.append(each)
    return sorted(kept)
