"""Adapter: a child process that asks one extractor, one text per line of JSON.

Imports nothing of decloak: it runs under whatever interpreter has the extractor installed.

    python adapter.py NAME            a known extractor
    python adapter.py MODULE:FUNCTION any function of a text

It reads ``{"text": ...}`` and answers ``{"entities": [{"label", "value", "start"?, "end"?}],
"seconds": ...}`` or ``{"error": ...}``. A function may return such dictionaries, pairs (label, value), strings,
or a dictionary of lists by label. Before the first text it answers ``{"ready": version}``.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import logging
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

Answer = Iterable[Mapping[str, Any]]


def _iocextract() -> Callable[[str], Answer]:
    iocextract = importlib.import_module("iocextract")

    ways = {
        "url": lambda text: iocextract.extract_urls(text, refang=True),
        "ip": lambda text: iocextract.extract_ips(text, refang=True),
        "email": lambda text: iocextract.extract_emails(text, refang=True),
        "hash": iocextract.extract_hashes,
    }
    return lambda text: _lists({name: list(way(text)) for name, way in ways.items()})


def _ioc_finder() -> Callable[[str], Answer]:
    find_iocs = importlib.import_module("ioc_finder").find_iocs

    return lambda text: _lists(find_iocs(text))


def _iocsearcher() -> Callable[[str], Answer]:
    searcher = importlib.import_module("iocsearcher.searcher").Searcher()

    def ask(text: str) -> Iterator[dict[str, Any]]:
        for label, value, start, raw in searcher.search_raw(text):
            yield {"label": label, "value": value, "start": start, "end": start + len(raw)}

    return ask


def _iocx() -> Callable[[str], Answer]:
    iocx = importlib.import_module("iocx.engine")
    # Its cache knows any text by one name, so the second text would get the first one's answer.
    engine = iocx.Engine(iocx.EngineConfig(enable_cache=False))
    return lambda text: _lists(engine.extract_from_text(text)["iocs"])


def _dfir() -> Callable[[str], Answer]:
    extract_text = importlib.import_module("dfir").extract_text

    return lambda text: [
        {"label": each["type"], "value": each["value"]} for each in extract_text(text)
    ]


def _cyberonto() -> Callable[[str], Answer]:
    cyberonto = importlib.import_module("cyberonto")

    return lambda text: _lists(cyberonto.extract(text))


def _iocparser() -> Callable[[str], Answer]:
    parser = importlib.import_module("iocparser").IOCParser

    return lambda text: [{"label": each.kind, "value": each.value} for each in parser(text).parse()]


def _presidio() -> Callable[[str], Answer]:
    """The recognizers of indicators alone: those of names need a language model that is not offline."""
    known = importlib.import_module("presidio_analyzer.predefined_recognizers")
    made = [known.IpRecognizer(), known.UrlRecognizer(), known.EmailRecognizer()]

    def ask(text: str) -> Iterator[dict[str, Any]]:
        for each in made:
            for found in each.analyze(text, each.supported_entities, None):
                value = text[found.start : found.end]
                yield {
                    "label": found.entity_type, "value": value,
                    "start": found.start, "end": found.end, "confidence": found.score,
                }  # fmt: skip

    return ask


_REGEX = {
    "IP_ADDRESS": r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])",
    "URL": r"\bhttps?://[^\s\"'<>]+",
    "EMAIL": r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b",
    "DOMAIN": r"\b(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}\b",
    "HASH": r"\b(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})\b",
    "CVE": r"\bCVE-\d{4}-\d{4,7}\b",
}


def _regex() -> Callable[[str], Answer]:
    """What one writes in five minutes: the floor of the comparison."""
    patterns = {label: re.compile(pattern, re.IGNORECASE) for label, pattern in _REGEX.items()}

    def ask(text: str) -> Iterator[dict[str, Any]]:
        for label, pattern in patterns.items():
            for found in pattern.finditer(text):
                yield {
                    "label": label, "value": found[0], "start": found.start(), "end": found.end(),
                }  # fmt: skip

    return ask


EXTRACTORS: dict[str, tuple[Callable[[], Callable[[str], Answer]], str]] = {
    "iocextract": (_iocextract, "iocextract"),
    "ioc-finder": (_ioc_finder, "ioc-finder"),
    "iocsearcher": (_iocsearcher, "iocsearcher"),
    "iocx": (_iocx, "iocx"),
    "dfir": (_dfir, "dfir"),
    "cyberonto": (_cyberonto, "cyberonto"),
    "iocparser": (_iocparser, "iocparser"),
    "presidio": (_presidio, "presidio-analyzer"),
    "regex": (_regex, ""),
}


def _lists(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for label, values in found.items():
        for value in values if isinstance(values, Iterable) else ():
            if isinstance(value, str):
                yield {"label": label, "value": value}


def _any(found: Any) -> Iterator[Mapping[str, Any]]:
    """Read what somebody's function returns.

    Raises:
        TypeError: when it is nothing of the known kinds.
    """
    if isinstance(found, Mapping):
        yield from _lists(found)
        return
    for each in found or ():
        if isinstance(each, Mapping):
            yield each
        elif isinstance(each, str):
            yield {"label": "", "value": each}
        elif isinstance(each, tuple | list) and len(each) == 2:
            yield {"label": str(each[0]), "value": str(each[1])}
        else:
            message = (
                f"{type(each).__name__} is no entity: a dictionary, a pair or a string is expected"
            )
            raise TypeError(message)


def _opened(name: str) -> tuple[Callable[[str], Answer], str]:
    if name in EXTRACTORS:
        make, package = EXTRACTORS[name]
        ask = make()
        return ask, importlib.metadata.version(package) if package else ""
    module, _, attribute = name.partition(":")
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - as `python -m` does
    function = getattr(importlib.import_module(module), attribute)
    return (lambda text: list(_any(function(text)))), ""


def main() -> int:
    """Answer until the input ends."""
    logging.disable(logging.CRITICAL)
    # What an extractor prints is no answer: the real output is kept for those.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(value: Mapping[str, Any]) -> None:
        answers.write(json.dumps(value) + "\n")
        answers.flush()

    try:
        ask, version = _opened(sys.argv[1])
        list(ask("198.51.100.7 example.org"))  # tables and automata are built before the clock runs
    except Exception as error:  # noqa: BLE001 - whatever a stranger's code raises
        say({"error": f"{type(error).__name__}: {error}"})
        return 1
    say({"ready": version})
    for line in sys.stdin:
        text = json.loads(line)["text"]
        start = time.process_time()
        try:
            found = [dict(each) for each in ask(text)]
        except Exception as error:  # noqa: BLE001 - it is counted as what it did
            say({"error": f"{type(error).__name__}: {error}"[:500]})
            continue
        say({"entities": found, "seconds": time.process_time() - start})
    return 0


if __name__ == "__main__":
    sys.exit(main())
