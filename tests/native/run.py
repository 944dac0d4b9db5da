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
    seeds = seed_groups(beside=not options.own)
    both = [Twins(settings) for settings in WAYS]
    parted = 0
    for number in range(options.documents):
        text = mutated(seeds, Random(f"{options.seed}/{number}"))
        if found := both[number % len(both)].difference(text):
            parted += 1
            print(f"document {number}: {found[:400]}", flush=True)
    print(f"{options.documents} documents, {parted} answers part")
    return 1 if parted else 0


if __name__ == "__main__":
    sys.exit(main())
