"""Nmap's command line, as its output repeats it: the targets that somebody asked for."""

from __future__ import annotations

from ipaddress import ip_network

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.indicators.engine import compile_pattern
from decloak.sources.names import label_of_name

__all__ = ["label_of_target", "note_targets"]

_WORD = compile_pattern(rb"[^ \t\n]+")
_MAX_WORDS = 4096
# Options of nmap(1) whose value is the next word.
_WITH_VALUE = frozenset(
    [
        "-oN",
        "-oX",
        "-oG",
        "-oA",
        "-oS",
        "-oM",
        "-iL",
        "-iR",
        "-p",
        "-e",
        "-g",
        "-S",
        "-D",
        "-b",
        "-sI",
        "-m",
        "-d",
        "-v",
        "-T",
        "--ip-options",
        "--exclude",
        "--excludefile",
        "--datadir",
        "--dns-servers",
        "--script",
        "--script-args",
        "--script-args-file",
        "--script-timeout",
        "--script-help",
        "--source-port",
        "--data",
        "--data-string",
        "--data-length",
        "--ttl",
        "--mtu",
        "--spoof-mac",
        "--proxies",
        "--proxy",
        "--min-rate",
        "--max-rate",
        "--min-hostgroup",
        "--max-hostgroup",
        "--min-parallelism",
        "--max-parallelism",
        "--min-rtt-timeout",
        "--max-rtt-timeout",
        "--initial-rtt-timeout",
        "--max-retries",
        "--host-timeout",
        "--scan-delay",
        "--max-scan-delay",
        "--top-ports",
        "--port-ratio",
        "--exclude-ports",
        "--version-intensity",
        "--stylesheet",
        "--resume",
        "--servicedb",
        "--versiondb",
        "--scanflags",
        "--stats-every",
        "--max-os-tries",
        "--nsock-engine",
    ]
)
_OPTIONAL_VALUE = frozenset({"-d", "-v", "-T"})  # a digit may follow, nothing else


def label_of_target(word: str) -> str:
    """Return the label of one target; "" for ranges such as ``192.0.2.1-20``."""
    if "/" in word:
        try:
            ip_network(word, strict=False)
        except ValueError:
            return ""
        return "CIDR"
    label = label_of_name(word)
    if label in {"DOMAIN", "HOSTNAME"} and not any(char.isalpha() for char in word):
        return ""
    return label if all(char.isalnum() or char in "-._:%" for char in word) else ""


def note_targets(view: View, start: int, end: int, facts: Facts) -> None:
    """Note the targets in a command line that starts with the program's name."""
    skip = False
    for count, match in enumerate(_WORD.finditer(view.shadow, start, end)):
        if count > _MAX_WORDS:
            return
        a, b = match.span()
        word = view.text[a:b].replace("&#45;", "-")  # as Nmap writes it in XML
        if count == 0 or skip:
            skip = False
        elif word in {"|", ">", ">>", "&&", ";", "2>", "<"}:
            return
        elif word.startswith("-"):
            skip = word in _WITH_VALUE and word not in _OPTIONAL_VALUE
        elif b - a <= 256 and (label := label_of_target(word)):
            facts.note(label, a, b, "scan.target")
