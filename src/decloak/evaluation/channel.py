"""Channel: fit the costs and weights of the channel on pairs that the perturbations make.

Names, sentences in disguise and honest words are drawn from the training half of the lexicon alone; honest text is that of the
standard library of Python and of the descriptions of installed packages, which no evaluation reads. What is fitted is
a conditional logit over the readings of a place and the honest hypothesis: its weights are those of the decision, and
those of the arcs the costs of the search.
"""

from __future__ import annotations

import json
import sysconfig
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.metadata import distributions, version
from pathlib import Path
from platform import python_version
from random import Random
from typing import Any, NamedTuple

from decloak.core.document import View
from decloak.decode.channel.context import FEATURES
from decloak.decode.channel.readings import Group, groups
from decloak.decode.run import single_proposals
from decloak.evaluation import robustness
from decloak.evaluation.names import WholeDraw, names_of, pairs, single
from decloak.evaluation.report import Table
from decloak.kb.words import ordinary_words
from decloak.perturb import Marked, disguise_document
from decloak.perturb.base import Family, Perturbation
from decloak.perturb.places import NAMES
from decloak.perturb.typo import typo_families

__all__ = ["DATA", "Example", "examples", "fit", "tables"]

DATA = Path(__file__).parents[1] / "decode" / "channel" / "data" / "channel.json"
_PENALTY = 0.05
_STEPS = 40
_SENTENCES = (
    "Researchers saw {} in three networks.", "They moved laterally with {} afterwards.", "{} had not been updated for years.",
    "The vendor {} did not answer.", "It shipped {} by default.", "An update of {} is planned.", "See {} for details.",
    "Logs mention {} twice.", "We asked {} about it.", "Both {} and its successor are affected.",
)  # fmt: skip
"""Carriers that say little about what stands in them; no evaluation uses them."""


_LOCALES = ("en_US", "fr_FR", "de_DE", "pl_PL", "cs_CZ", "es_ES", "da_DK", "it_IT", "nl_NL", "el_GR", "ru_RU", "vi_VN",
            "pt_BR", "tr_TR", "sv_SE", "hu_HU", "ro_RO", "fi_FI")  # fmt: skip


class Example(NamedTuple):
    """The readings of a place, (reading, feature), and which is right; None for the honest hypothesis."""

    features: tuple[tuple[float, ...], ...]
    right: int | None
    kind: str


def examples(seed: int, count: int) -> Iterator[Example]:
    """Yield examples: names in disguise, names of nobody, honest text.

    Args:
        seed: another one gives other text.
        count: documents per family.
    """
    rng = Random(f"{seed}/channel")  # noqa: S311 - repeatable text, no secrets
    for family in _families():
        yield from _disguised(family, rng, count)
    for text in _nobody(rng, 150 * count):
        yield from (_example(group, None, "nobody") for group in groups(View(text)))
    for text in (*_foreign(rng, 6 * count), *_honest()):
        yield from (_example(group, None, "honest") for group in groups(View(text)))


def _families() -> Iterator[Family]:
    yield from single()
    yield from pairs()
    for share in (0.2, 0.3):
        for family in typo_families(share):
            yield replace(family, labels=family.labels & NAMES)


def _disguised(family: Perturbation, rng: Random, count: int) -> Iterator[Example]:
    draw = WholeDraw(rng, training=True)
    kinds = sorted(robustness.HOSTS.keys() - {"dig", "indicators"})
    made = [
        disguise_document(
            text, [mark for mark in marks if mark.label in family.labels], [family], rng, share=0.5
        )
        for _, text, marks in robustness.host_documents(draw, kinds, count)
    ]
    made += [_in_sentence(family, rng) for _ in range(2 * count)]
    for document in made:
        view = View(document.text)
        taken = sorted(
            (edit.start, edit.end) for _, edits in single_proposals(view) for edit in edits
        )
        for group in groups(view, taken):
            planted = [
                each
                for each in document.planted
                if each.start < group.end and group.start < each.end
            ]
            right = None
            for which, reading in enumerate(group.readings):
                for each in planted:
                    same = reading.name.text.lower() == each.plain.lower()
                    if same and (reading.start, reading.end) == (each.start, each.end):
                        right = which
            if right is not None or not planted:
                yield _example(group, right, "disguised" if planted else "beside")


def _in_sentence(family: Perturbation, rng: Random) -> Any:
    label = rng.choice(sorted(family.labels & {"SOFTWARE", "ORGANIZATION"}))
    name = rng.choice(names_of(label, True))
    before, behind = rng.choice(_SENTENCES).split("{}")
    mark = Marked(len(before), len(before) + len(name), label, name)
    return disguise_document(before + name + behind + "\n", [mark], [family], rng)


def _example(group: Group, right: int | None, kind: str) -> Example:
    return Example(tuple(each.features for each in group.readings), right, kind)


def _nobody(rng: Random, count: int) -> Iterator[str]:
    """Yield sentences and tables about names that nobody knows: of made companies, and parts of known names and words."""
    names = [*names_of("SOFTWARE", True), *names_of("ORGANIZATION", True)]
    words = [word for word in ordinary_words()[:20000] if 3 < len(word) < 9]
    fakers = _fakers(rng)
    for number in range(count):
        one, other = rng.choice(names).split(" ")[0], rng.choice(names).split(" ")[-1]
        word, faker = rng.choice(words), fakers[number % len(fakers)]
        made = rng.choice(
            (
                one[: max(3, len(one) // 2)] + other[len(other) // 2 :],
                word + other[len(other) // 2 :].lower(),
                one[: max(3, len(one) // 2)] + word,
                f"{rng.choice(words).title()} {other}",
                f"{one[:2]}{word} {other}",
                word.title() + rng.choice(words).title(),
                word + str(rng.randint(1, 99)),
                f"{word}-{rng.choice(words)}{rng.randint(0, 9)}",
                f"{word[:4]}_{rng.choice(words)[:5]}",
                rng.choice(words)[:3].upper() + str(rng.randint(1, 9)),
                faker.company(),
                faker.company(),
                faker.last_name(),
            )
        )
        lead = rng.choice(
            ("22/tcp open ssh ", "Registrant Organization: ", "Server: ", "Registrar: ", "", "", "")
        )
        if lead:
            yield f"{lead}{made}{rng.choice(('', f' {rng.randint(1, 9)}.{rng.randint(0, 20)}'))}\n"
        else:
            yield rng.choice(_SENTENCES).format(made) + "\n"


def _fakers(rng: Random) -> list[Any]:
    from faker import Faker  # noqa: PLC0415 - of the extra for development; only fitting needs it

    made = [Faker(locale) for locale in _LOCALES]
    for each in made:
        each.seed_instance(rng.getrandbits(32))
    return made


def _foreign(rng: Random, count: int) -> Iterator[str]:
    for faker in _fakers(rng):
        for _ in range(count):
            yield f"{faker.sentence(rng.randint(6, 14))} {faker.name()}, {faker.address()}\n"


def _honest() -> Iterator[str]:
    library = Path(sysconfig.get_paths()["stdlib"])
    for path in sorted(library.glob("*.py"))[::3]:
        yield path.read_text("utf-8", errors="replace")[:40_000]
    for each in sorted(distributions(), key=lambda one: one.metadata["Name"].lower()):
        yield (each.read_text("METADATA") or "")[:20_000]


def fit(found: Sequence[Example]) -> list[float]:
    """Return the weight of every feature: Newton's method on the penalised likelihood."""
    import numpy as np  # noqa: PLC0415 - only fitting needs it

    size = len(FEATURES)
    weights = np.zeros(size)
    arrays = [(np.array(each.features), each.right) for each in found]
    for _ in range(_STEPS):
        slope = -_PENALTY * weights
        curve = np.eye(size) * _PENALTY
        for features, right in arrays:
            scores = features @ weights
            top = max(scores.max(), 0.0)
            masses = np.exp(scores - top)
            shares = masses / (masses.sum() + np.exp(-top))
            mean = shares @ features
            slope -= mean
            if right is not None:
                slope += features[right]
            curve += (features.T * shares) @ features - np.outer(mean, mean)
        step = np.linalg.solve(curve, slope)
        longest = abs(step).max()
        weights += step if longest < 2 else step * (2 / longest)
        if longest < 1e-3:
            break
    return [round(float(each), 3) for each in weights]


def tables(seed: int, count: int, output: Path) -> list[Table]:
    """Fit, and write what was fitted beside what the search needs.

    Args:
        seed: another one gives other text.
        count: documents per family.
        output: the file, whose costs, budgets and thresholds stay as they are.
    """
    found = list(examples(seed, count))
    fitted = dict(zip(FEATURES, fit(found), strict=True))
    kinds = Counter((each.kind, each.right is not None) for each in found)
    held = json.loads(output.read_text("utf-8"))
    held["decision"] = fitted
    held["provenance"] = {
        "command": f"python -m decloak.evaluation channel --seed {seed} --limit {count}",
        "examples": {f"{kind}, {'a name' if right else 'honest'}": size
                     for (kind, right), size in sorted(kinds.items())},
        "names": "the training half of the lexicon (decloak.evaluation.halves)",
        "honest text": f"standard library of Python {python_version()}, descriptions of installed packages, "
                       f"Faker {version('faker')}",
    }  # fmt: skip
    output.write_text(json.dumps(held, indent=1) + "\n", "utf-8")
    made = Table("Weights of the channel", ("feature", "weight"))
    for row in fitted.items():
        made.add(*row)
    return [made]
