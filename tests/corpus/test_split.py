"""The split of many bundles: sizes, sources and labels within two points in every part."""

import random
from collections import Counter

from decloak.corpus.balance import Drawn, balanced
from decloak.corpus.mixture import quota
from decloak.corpus.split import Content, bundles_of, stratify


def groups(count: int, seed: int = 5) -> dict[str, Content]:
    """Groups as uneven as real ones: a few hold a lot, rare labels are in few of them."""
    rng = random.Random(seed)
    made = {}
    for i in range(count):
        source = rng.choices(("nmap", "dig", "whois", "shodan"), (3, 4, 2, 0.5))[0]
        texts = Counter({source: min(int(rng.paretovariate(1.6)), 30)})
        size = texts.total() * rng.randint(3, 20)
        labels = Counter(
            rng.choices(("DOMAIN", "IP_ADDRESS", "SERVICE", "URL"), (8, 5, 3, 0.4), k=size)
        )
        made[f"{source}:{i}"] = Content(texts, labels, size * 12, int(rng.random() < 0.5))
    return made


def test_parts_are_alike_within_two_points():
    held = groups(4000)
    bundles = [bundle for shard in bundles_of(held, 64) for bundle in shard]
    parts = stratify(bundles, 0)
    totals: dict[str, Counter] = {}
    for bundle in bundles:
        total = totals.setdefault(parts[bundle.name], Counter())
        total.update({f"label {name}": count for name, count in bundle.content.labels.items()})
        total.update({f"text {name}": count for name, count in bundle.content.texts.items()})
        total["tokens"] += bundle.content.tokens
    whole = sum(totals.values(), Counter())
    for part, share in (("train", 0.8), ("validation", 0.1), ("test", 0.1)):
        assert abs(totals[part]["tokens"] / whole["tokens"] - share) < 0.02
        for kind in ("label", "text"):
            names = [name for name in whole if name.startswith(kind)]
            sums = [sum(counts[name] for name in names) for counts in (totals[part], whole)]
            for name in names:
                assert abs(totals[part][name] / sums[0] - whole[name] / sums[1]) < 0.02


def test_every_group_is_in_exactly_one_bundle():
    held = groups(500)
    names = [name for shard in bundles_of(held, 8) for bundle in shard for name in bundle.groups]
    assert sorted(names) == sorted(held)


def test_bundles_bring_the_tools_together():
    bundles = [bundle for shard in bundles_of(groups(900), 8) for bundle in shard]
    assert sum(len(bundle.content.texts) > 1 for bundle in bundles) > len(bundles) / 2


def test_the_same_seed_splits_alike_and_few_bundles_still_reach_every_part():
    bundles = [bundle for shard in bundles_of(groups(300), 4) for bundle in shard]
    assert stratify(bundles, 3) == stratify(bundles, 3)
    assert stratify(bundles, 3) != stratify(bundles, 4)
    assert set(stratify(bundles[:4], 0).values()) == {"train", "validation", "test"}
    assert set(stratify(bundles[:2], 0).values()) == {"train"}


def test_what_one_source_cannot_give_the_others_do():
    plenty = quota(1000, Counter(nmap=5000, dig=5000, whois=5000), 5000)
    scarce = quota(1000, Counter(nmap=5000, dig=5000, whois=1), 5000)
    for made, texts in ((plenty, 5000), (scarce, 1)):
        counts = {"nmap": 5000, "dig": 5000, "whois": texts, "report": 5000, "mixed": 5000}
        total = sum(made.per_text[source] * count for source, count in counts.items())
        assert abs(total - 1280) < 1
    assert scarce.per_text["whois"] == 8
    assert scarce.per_text["nmap"] > plenty.per_text["nmap"]


def test_balance_evens_out_sources_and_lengths():
    rng = random.Random(1)
    drawn = []
    for i in range(6000):
        part = rng.choices(("train", "validation", "test"), (0.8, 0.1, 0.1))[0]
        source = rng.choices(("nmap", "dig"), (1, 1.2) if part == "test" else (1, 1))[0]
        drawn.append(Drawn(str(i), part, source, rng.randint(10, 400) + 20 * (part == "test")))
    kept = balanced(drawn)
    assert len(kept) > 0.93 * len(drawn)

    def share(part: str, unit) -> float:
        held = [each for each in drawn if each.split == part and each.id in kept]
        return sum(unit(e) for e in held if e.source == "dig") / sum(unit(e) for e in held)

    before = [e for e in drawn if e.split == "test"]
    assert sum(e.source == "dig" for e in before) / len(before) > 0.52
    assert abs(share("test", lambda _: 1) - share("train", lambda _: 1)) < 0.025
    assert abs(share("test", lambda e: e.tokens) - share("train", lambda e: e.tokens)) < 0.025
