"""Compare WHOIS libraries: ``python benchmarks/whois_libraries.py ../shared/data/whois.jsonl``.

Each gets the text of every document and the domain that was asked for. A gold value counts as found
when it is a value of the result, whatever its key; keys differ between the libraries. The libraries
are no dependencies but one: ``pip install python-whois asyncwhois ipwhois``; those that are missing
are left out. whoisit reads RDAP only and has nothing to read here.
"""

from __future__ import annotations

import json
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

LABELS = ("DOMAIN", "ORGANIZATION", "EMAIL")
HOSTILE = {
    "spaces": "Domain Name: a.com\nRegistrar:" + " " * 40_000 + "x",
    "lines": "Domain Name: a.com\n" + "\n" * 40_000 + "x",
    "names": "Name servers:\n" + "ns1.a.com\n" * 4_000 + "!",
}
PATIENCE = 20


def readers() -> dict[str, Callable[[str, str], Any]]:
    """Return what is installed: name -> function of (text, domain)."""
    found: dict[str, Callable[[str, str], Any]] = {}
    try:
        from whois.parser import WhoisEntry  # noqa: PLC0415

        def python_whois(text: str, domain: str) -> Any:
            entry = dict(WhoisEntry.load(domain, text))
            entry.pop("text", None)
            return entry

        found["python-whois"] = python_whois
    except ImportError:
        pass
    try:
        from asyncwhois.parse_tld import DomainParser  # noqa: PLC0415

        def asyncwhois(text: str, domain: str) -> Any:
            return DomainParser(ignore_not_found=True).parse(text, domain.rpartition(".")[2])

        found["asyncwhois"] = asyncwhois
    except ImportError:
        pass
    try:
        from ipwhois.net import Net  # noqa: PLC0415
        from ipwhois.whois import Whois  # noqa: PLC0415

        def ipwhois(text: str, _domain: str) -> Any:
            facts = {"asn_registry": "ripencc", "asn": "", "asn_cidr": "", "asn_country_code": ""}
            read = Whois(Net("193.0.0.1")).lookup(response=text, asn_data=facts, is_offline=True)
            return read["nets"]

        found["ipwhois"] = ipwhois
    except ImportError:
        pass
    return found


def leaves(value: Any) -> Iterator[str]:
    """Yield every string in a result."""
    if isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list | tuple | set):
        for part in value:
            yield from leaves(part)
    elif value is not None:
        yield str(value)


def forms(text: str) -> Iterator[str]:
    """Yield how a value may be compared: whole, its words, the host of a URL."""
    yield " ".join(text.casefold().split())
    for word in re.split(r"[\s,<>()]+", text.casefold()):
        yield word.rstrip(".")
        if "://" in word:
            yield word.split("://", 1)[1].split("/", 1)[0]


def asked(row: dict[str, Any]) -> str:
    """Return the domain that the document is about, else a name with its top-level domain."""
    for entity in row["gold"]["entities"]:
        if entity.get("role") == "domain":
            return str(entity["text"]).casefold()
    last = row["id"].rpartition("/")[2].removesuffix(".txt")
    if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", last):
        return last.casefold()
    parts = row["id"].split("/")
    return f"x.{parts[2]}" if len(parts) > 3 else "x.com"


def _give_up(*_: object) -> None:
    raise TimeoutError


def timed(read: Callable[[str, str], Any], text: str) -> str:
    """Return how long a text takes, or that it takes too long."""
    signal.alarm(PATIENCE)
    begun = time.perf_counter()
    try:
        read(text, "a.com")
    except TimeoutError:
        return f"> {PATIENCE}"
    except Exception as error:  # noqa: BLE001 - it is what is measured
        return type(error).__name__
    finally:
        signal.alarm(0)
    return f"{time.perf_counter() - begun:.2f}"


def main() -> None:
    """Print the two tables."""
    rows = [json.loads(line) for line in Path(sys.argv[1]).read_text("utf-8").splitlines()]
    signal.signal(signal.SIGALRM, _give_up)
    gold = [
        {(e["label"], " ".join(e["text"].casefold().split()).rstrip(".")) for e in row["gold"]["entities"] if e["label"] in LABELS}
        for row in rows
    ]  # fmt: skip
    total = Counter(label for values in gold for label, _ in values)
    print(f"| {len(rows)} documents | {' | '.join(LABELS)} | errors |\n|---|{'---|' * 4}")
    print(f"| distinct gold values | {' | '.join(str(total[label]) for label in LABELS)} | |")
    for name, read in readers().items():
        hits: Counter[str] = Counter()
        errors: Counter[str] = Counter()
        for row, values in zip(rows, gold, strict=True):
            try:
                result = read(row["text"], asked(row))
            except Exception as error:  # noqa: BLE001 - it is what is measured
                errors[type(error).__name__] += 1
                continue
            found = {form.rstrip(".") for leaf in leaves(result) for form in forms(leaf)}
            hits.update(label for label, value in values if value in found)
        shares = " | ".join(f"{hits[x]} ({100 * hits[x] / total[x]:.0f} %)" for x in LABELS)
        told = ", ".join(f"{count} {kind}" for kind, count in errors.items()) or "0"
        print(f"| {name} | {shares} | {told} |")
    print(f"\n| seconds for hostile text | {' | '.join(HOSTILE)} |\n|---|{'---|' * len(HOSTILE)}")
    for name, read in readers().items():
        print(f"| {name} | {' | '.join(timed(read, text) for text in HOSTILE.values())} |")


if __name__ == "__main__":
    main()
