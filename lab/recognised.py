"""How much of what was served a scanner recognised: served against reported, port by port."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

from defusedxml import ElementTree

from decloak.acquire.store import RunStore

__all__ = ["Port", "Share", "compare", "report", "reported", "served"]

Port = tuple[str, str]
"""Address and ``80/tcp``."""


class Share(NamedTuple):
    """Counts of ports that were served and scanned for versions.

    Attributes:
        scanned: all of them.
        open: reported as open.
        product: with the product that was served.
        pair: with product and version that were served.
    """

    scanned: int
    open: int
    product: int
    pair: int


def served(store: Path) -> dict[Port, tuple[str, str, str]]:
    """Port -> product, version and origin, from truth.jsonl."""
    made: dict[Port, tuple[str, str, str]] = {}
    for line in (store / "truth.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["tool"] != "nmap":
            continue
        fields: dict[str, dict[str, str]] = defaultdict(dict)
        for entity in row["entities"]:
            fields[entity["field"]][entity["label"]] = entity["value"]
        for at, origin in row["origins"].items():
            made[row["target"], at] = (
                fields[at].get("SOFTWARE", ""),
                fields[at].get("VERSION", ""),
                origin,
            )
    return made


def reported(store: Path) -> dict[Port, tuple[str, str]]:
    """Open port -> product and version in the XML of version scans; the fullest of several."""
    made: dict[Port, tuple[str, str]] = {}
    for run in RunStore(store).done("nmap"):
        if not {"-sV", "-A"} & set(run.command) or not run.outputs.get("xml"):
            continue
        for host in ElementTree.fromstring(run.outputs["xml"]).iter("host"):
            address = host.find("address").get("addr")
            for port in host.iter("port"):
                at = (address, f"{port.get('portid')}/{port.get('protocol')}")
                state, service = port.find("state"), port.find("service")
                if state is None or state.get("state") != "open":
                    continue
                pair = (
                    (service.get("product", ""), service.get("version", ""))
                    if service is not None
                    else ("", "")
                )
                made[at] = max(
                    made.get(at, ("", "")), pair, key=lambda each: (bool(each[0]), bool(each[1]))
                )
    return made


def _asked(store: Path) -> set[Port]:
    """Ports that a version scan asked for."""
    made: set[Port] = set()
    for run in RunStore(store).done("nmap"):
        words = run.command
        if not {"-sV", "-A"} & set(words) or "-p" not in words:
            continue
        transport = "udp" if "-sU" in words else "tcp"
        ports = words[words.index("-p") + 1].split(",")
        made.update(
            (address, f"{port}/{transport}") for address in run.target.split() for port in ports
        )
    return made


def compare(store: Path) -> dict[str, Share]:
    """Origin (and "all") -> counts."""
    expected, found, asked = served(store), reported(store), _asked(store)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for at, (product, version, origin) in expected.items():
        if at not in asked:
            continue
        for key in (origin, "all"):
            counts[key]["scanned"] += 1
            counts[key]["open"] += at in found
            counts[key]["product"] += bool(product) and found.get(at, ("", ""))[0] == product
            counts[key]["pair"] += bool(product) and found.get(at) == (product, version)
    return {
        key: Share(*(each[name] for name in Share._fields)) for key, each in sorted(counts.items())
    }


def report(store: Path) -> str:
    """The comparison as a table in Markdown, with what nmap named in all."""
    lines = [
        "| banner from | scanned | open | product as served | product and version |",
        "|---|---|---|---|---|",
    ]
    for key, share in compare(store).items():
        parts = [f"{n} ({n / share.scanned:.0%})" for n in share[1:]]
        lines.append(f"| {key} | {share.scanned} | {' | '.join(parts)} |")
    found = [pair for pair in reported(store).values() if pair[0]]
    lines.append(
        f"\n{len({p for p, _ in found})} products and {len(set(found))} pairs of product and version were reported."
    )
    return "\n".join(lines)
