"""Read any number of mutated documents with the extension and without: the answers have to be equal.

python tests/native/run.py --documents 20000 --seed 7

Every document depends on the seed texts, the seed and its number alone. Ends with 1 where answers part.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1] / "fuzz"))
sys.path.insert(0, str(Path(__file__).parent))

from fuzz_seeds import seed_groups
from mutations import mutated
from twins import EXTENSION, WAYS, Twins

from decloak.verify.claims import claim_of, native_claims

LABELS = ("DOMAIN", "HOSTNAME", "EMAIL", "URL", "IP_ADDRESS", "PORT", "VERSION", "SERVICE", "HASH")
_SIGNS = (
    *"abcdefinorstvw01234567899:::::....---__//@@?#%",
    *(
        "example",
        "com",
        "http://",
        "paypa1",
        "web01",
        "\u0430",
        "\ud800",
        " ",
        "\n",
        "I",
        "xn--",
        "::",
    ),
)


def values(count: int, rng: Random) -> int:
    """Return how many random values are judged in two ways."""
    claims, parted = native_claims(), 0
    for _ in range(count):
        label = rng.choice(LABELS)
        value = "".join(rng.choices(_SIGNS, k=rng.choice((1, 3, 8, 20, 70, 300))))
        if claims.of("nmap.host.x", label, value) != claim_of("nmap.host.x", label, value):
            parted += 1
            print(f"{label} {value!a}", flush=True)
    return parted


def main() -> int:
    """Return 1 where answers part, or where there is no extension."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--own", action="store_true", help="no seeds from beside the checkout")
    options = parser.parse_args()
    if EXTENSION is None:
        print("the native extension is not built")
        return 1
    print(f"the extension is {EXTENSION.__file__}")
    parted = values(options.documents * 20, Random(options.seed))
    seeds = seed_groups(beside=not options.own)
    both = [Twins(settings) for settings in WAYS]
    for number in range(options.documents):
        text = mutated(seeds, Random(f"{options.seed}/{number}"))
        if found := both[number % len(both)].difference(text):
            parted += 1
            print(f"document {number}: {found[:400]}", flush=True)
    print(f"{options.documents} documents, {parted} answers part")
    return 1 if parted else 0


if __name__ == "__main__":
    sys.exit(main())
