"""Zero width: characters that show nothing, between those that do."""

from __future__ import annotations

from random import Random

from decloak.perturb.base import Family, Variant

__all__ = ["ZERO_WIDTH"]

MARKS = {
    "space": "\u200b", "non_joiner": "\u200c", "joiner": "\u200d", "word_joiner": "\u2060",
    "byte_order_mark": "\ufeff", "mongolian_separator": "\u180e",
    "variation": "".join(map(chr, range(0xFE00, 0xFE10))),
    "variation_supplement": "".join(map(chr, range(0xE0100, 0xE0110))),
    "tags": "".join(map(chr, [0xE0001, *range(0xE0020, 0xE0080)])),
    "interlinear": "\ufff9\ufffa\ufffb",
    "invisible_operator": "\u2061\u2062\u2063\u2064",
    "any": "\u200b\u200c\u200d\u2060\ufeff\u180e",
}  # fmt: skip


def _inserted(marks: str) -> Variant:
    def disguise(value: str, _label: str, rng: Random) -> str | None:
        inside = list(range(1, len(value)))
        if not inside:
            return None
        scope = rng.choice(("one", "few", "every", "joints", "pile"))
        if scope == "every":
            places = set(inside)
        elif scope == "joints":
            places = {i for i in inside if not value[i].isalnum() or not value[i - 1].isalnum()}
        elif scope == "few":
            places = set(rng.sample(inside, min(len(inside), rng.randint(2, 4))))
        else:
            places = set()
        places = places or {rng.choice(inside)}
        most = 6 if scope == "pile" else 1
        return value[0] + "".join(
            ("".join(rng.choice(marks) for _ in range(rng.randint(1, most))) if i in places else "")
            + value[i]
            for i in inside
        )

    return disguise


ZERO_WIDTH = Family(
    "zero_width",
    "zero_width",
    frozenset({"IP_ADDRESS", "DOMAIN", "URL", "EMAIL", "CVE", "HASH", "CIDR", "VERSION",
               "SOFTWARE", "SERVICE", "ORGANIZATION"}),
    {name: _inserted(marks) for name, marks in MARKS.items()},
)  # fmt: skip
