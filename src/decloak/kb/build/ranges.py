"""Ranges: the addresses that providers say are theirs, as disjoint ranges."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from itertools import pairwise

from decloak.kb.build.draft import Draft
from decloak.kb.build.package import PackageData
from decloak.kb.ranges import merged, range_key

__all__ = ["LISTS", "range_pack"]

LISTS = {
    "akamai": "Akamai",
    "amazon-aws": "Amazon AWS",
    "cloudflare": "Cloudflare",
    "fastly": "Fastly",
    "google-gcp": "Google Cloud",
    "microsoft-azure": "Microsoft Azure",
    "microsoft-azure-china": "Microsoft Azure China",
    "microsoft-azure-germany": "Microsoft Azure Germany",
    "microsoft-azure-us-gov": "Microsoft Azure US Government",
    "openai-gptbot": "OpenAI GPTBot",
    "ovh-cluster": "OVH",
    "stackpath": "StackPath",
    "wikimedia": "Wikimedia",
    "zscaler": "Zscaler",
}
"""List -> provider. These are facts that the providers publish; lists of judgements are left to the user's own copy."""

_LICENCE = "BSD-3-Clause (the package); the ranges are facts"


def range_pack() -> Draft:
    """Return the pack of ranges; where providers overlap, all of them are named."""
    data = PackageData("pymispwarninglists", "data/misp-warninglists/lists")
    draft = Draft(
        "ranges", "a range of addresses of one provider", ("first", "last", "provider", "source")
    )
    blocks: list[tuple[int, int, int, str]] = []
    for name, provider in LISTS.items():
        read = data.json(f"{name}/list.json")
        networks = [
            ipaddress.ip_network(each, strict=False) for each in read["list"] if "/" in each
        ]
        for version, low, high in merged(networks):
            blocks.append((version, low, high, f"{provider}\t{name}"))
        draft.sources[f"warninglist:{name}"] = data.source(
            f"MISP warning list {read['name']}", str(read["version"]), _LICENCE
        )
    for version, low, high, owners in _disjoint(blocks):
        providers = "; ".join(owner.partition("\t")[0] for owner in owners)
        code = f"warninglist:{owners[0].partition(chr(9))[2]}"
        draft.add(range_key(version, low), range_key(version, high), providers, code)
    return draft


def _disjoint(
    blocks: list[tuple[int, int, int, str]],
) -> Iterator[tuple[int, int, int, tuple[str, ...]]]:
    """Cut overlapping ranges at each other's ends; yield each piece with all that hold it."""
    for version in (4, 6):
        events: dict[int, list[tuple[bool, str]]] = {}
        for _, low, high, owner in (block for block in blocks if block[0] == version):
            events.setdefault(low, []).append((True, owner))
            events.setdefault(high + 1, []).append((False, owner))
        open_: list[str] = []
        places = sorted(events)
        for place, after in pairwise(places):
            for opens, owner in events[place]:
                if opens:
                    open_.append(owner)
                else:
                    open_.remove(owner)
            if open_:
                yield version, place, after - 1, tuple(sorted(open_))
