"""Stats: counts of a corpus, and how alike its parts are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from decloak.core.iob import TOKENIZER, count_tokens
from decloak.corpus.dedup import duplicates_across
from decloak.corpus.sample import Sample

__all__ = ["Counts", "corpus_stats", "largest_difference"]


@dataclass(slots=True)
class Counts:
    """Counts of some samples, as a whole and by part."""

    samples: Counter[str] = field(default_factory=Counter)
    tokens: Counter[str] = field(default_factory=Counter)
    labels: dict[str, Counter[str]] = field(default_factory=dict)
    sources: dict[str, Counter[str]] = field(default_factory=dict)
    source_tokens: dict[str, Counter[str]] = field(default_factory=dict)
    perturbed: Counter[str] = field(default_factory=Counter)
    families: Counter[str] = field(default_factory=Counter)
    layouts: Counter[str] = field(default_factory=Counter)
    twins: Counter[str] = field(default_factory=Counter)
    licenses: Counter[str] = field(default_factory=Counter)

    def add(self, sample: Sample) -> None:
        """Count one sample."""
        part, tokens = sample.split or "none", count_tokens(sample.text)
        self.samples[part] += 1
        self.tokens[part] += tokens
        self.labels.setdefault(part, Counter()).update(e.label for e in sample.entities)
        self.sources.setdefault(part, Counter())[sample.source] += 1
        self.source_tokens.setdefault(part, Counter())[sample.source] += tokens
        self.perturbed[part] += bool(sample.perturbed)
        self.families.update(sample.perturbed)
        self.layouts.update(
            {f"{sample.source}: {each}" for each in sample.layout.split("/") if each}
        )
        self.twins.update(e.provenance.partition(":")[0] for e in sample.entities)
        self.licenses[sample.license] += 1

    def to_json(self) -> dict[str, Any]:
        """Return the counts as `decloak corpus stats` prints them."""
        labels: Counter[str] = Counter()
        sources: Counter[str] = Counter()
        for part in sorted(self.samples):
            labels += self.labels[part]
            sources += self.sources[part]
        return {
            "samples": self.samples.total(),
            "tokens": self.tokens.total(),
            "tokenizer": TOKENIZER,
            "entities": labels.total(),
            "by_label": dict(labels.most_common()),
            "by_source": dict(sources.most_common()),
            "splits": {
                part: {
                    "samples": self.samples[part],
                    "tokens": self.tokens[part],
                    "entities": self.labels[part].total(),
                    "by_label": dict(self.labels[part].most_common()),
                    "by_source": dict(self.sources[part].most_common()),
                    "tokens_by_source": dict(self.source_tokens[part].most_common()),
                    "perturbed": self.perturbed[part],
                }
                for part in sorted(self.samples, key=_order)
            },
            "perturbed_families": dict(self.families.most_common()),
            "layouts": dict(self.layouts.most_common()),
            "twins": dict(self.twins.most_common()),
            "licenses": dict(self.licenses.most_common()),
        }


def _order(part: str) -> int:
    return {"train": 0, "validation": 1, "test": 2}.get(part, 3)


def corpus_stats(samples: Iterable[Sample]) -> dict[str, Any]:
    """Count a corpus, near-duplicates across its parts included (found with other hash functions).

    Args:
        samples: all of it.
    """
    counts = Counts()

    def counted() -> Iterable[tuple[str, str]]:
        for sample in samples:
            counts.add(sample)
            yield sample.split, sample.text

    across = duplicates_across(counted())
    made = counts.to_json()
    made["duplicates_across_splits"] = across
    made["largest_difference"] = largest_difference(made)
    return made


def largest_difference(stats: Mapping[str, Any]) -> dict[str, float]:
    """Return how far the parts' proportions are from the whole's, in percentage points.

    For ``samples`` and ``tokens`` the proportions are 80/10/10; for ``source``, ``source_tokens``
    and ``label`` those within each part.
    """
    parts: Mapping[str, Any] = stats["splits"]
    aimed = {"train": 0.8, "validation": 0.1, "test": 0.1}
    found: dict[str, float] = {}
    for unit in ("samples", "tokens", "entities"):
        whole = sum(part[unit] for part in parts.values()) or 1
        found[unit] = max(
            abs(parts.get(name, {unit: 0})[unit] / whole - share) for name, share in aimed.items()
        )
    for name, key in (
        ("source", "by_source"),
        ("source_tokens", "tokens_by_source"),
        ("label", "by_label"),
    ):
        total: Counter[str] = Counter()
        for part in parts.values():
            total.update(part[key])
        whole = total.total() or 1
        found[name] = max(
            (
                abs(part[key].get(each, 0) / (sum(part[key].values()) or 1) - count / whole)
                for part in parts.values()
                for each, count in total.items()
            ),
            default=0.0,
        )
    return {name: round(100 * share, 3) for name, share in found.items()}
