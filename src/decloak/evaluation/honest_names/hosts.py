"""Hosts: honest host names that must resemble nothing, and squatted ones that must resemble their target."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from string import ascii_lowercase
from unicodedata import normalize

from decloak.core.document import Document
from decloak.evaluation.honest_names.made import beside, invented, parts
from decloak.evaluation.report import Table, percent
from decloak.evaluation.runner import Runner
from decloak.kb.domains import known_domains
from decloak.kb.lexicon import lookup_all
from decloak.kb.words import is_word, ordinary_words

__all__ = ["hosts", "squats", "tables"]

_TOPS = ("com", "com", "com", "net", "org", "de", "fr", "it", "nl", "pl", "se", "ru", "cn", "jp", "in", "io", "co", "eu",
         "info", "biz", "co.uk", "com.br", "com.au", "co.jp", "ch", "at", "es", "dev", "app", "cloud", "online")  # fmt: skip
_HOSTS = ("www", "mail", "mx1", "ns2", "vpn", "cdn", "api", "dev", "shop", "portal", "web01", "srv-db3", "smtp", "intranet",
          "git", "static", "img", "remote", "autodiscover", "login")  # fmt: skip
_COMMON = 12_000  # ordinary words that domains are made of
_LONG = 5  # letters of a label that is squatted


@cache
def _common() -> tuple[str, ...]:
    return ordinary_words()[:_COMMON]


def _label(rng: Random) -> str:
    words, way = parts(), rng.random()
    word = rng.choice(_common())
    name = rng.choice((*words["surnames"], *words["places"], *words["forenames"])).lower()
    trade = rng.choice(words["trades"]).lower()
    if way < 0.2:
        return word + rng.choice(("", "", "-")) + rng.choice(_common())
    if way < 0.3:
        return word
    if way < 0.45:
        return name + rng.choice(("", "-")) + trade
    if way < 0.55:
        return name
    if way < 0.75:
        return invented(rng).lower()
    if way < 0.8:
        return rng.choice(beside()).lower()
    if way < 0.9:
        return word + str(rng.choice((1, 2, 4, 24, 365, 2000)))
    return "".join(rng.choice(ascii_lowercase) for _ in range(rng.randint(2, 5))) + rng.choice(
        ("", trade)
    )


def hosts(rng: Random, count: int) -> Iterator[str]:
    """Yield honest host names: of words, of names, of sounds, with and without a host in front."""
    made = 0
    while made < count:
        label = normalize("NFD", _label(rng)).replace("'", "")
        name = f"{label}.{rng.choice(_TOPS)}"
        if not label.isascii() or name in known_domains():
            continue
        made += 1
        yield f"{rng.choice(_HOSTS)}.{name}" if rng.random() < 0.5 else name


def _inserted(rng: Random, label: str) -> str:
    i = rng.randint(0, len(label))
    return label[:i] + rng.choice(ascii_lowercase) + label[i:]


def _deleted(rng: Random, label: str) -> str:
    i = rng.randrange(len(label))
    return label[:i] + label[i + 1 :]


def _swapped(rng: Random, label: str) -> str:
    i = rng.randrange(len(label) - 1)
    return label[:i] + label[i + 1] + label[i] + label[i + 2 :]


def _repeated(rng: Random, label: str) -> str:
    i = rng.randrange(len(label))
    return label[:i] + label[i] * rng.randint(1, 2) + label[i:]


def _alike(rng: Random, label: str) -> str:
    pairs = [
        ("m", "rn"),
        ("w", "vv"),
        ("d", "cl"),
        ("o", "0"),
        ("l", "1"),
        ("l", "i"),
        ("i", "l"),
        ("i", "1"),
        ("e", "3"),
    ]
    able = [(old, new) for old, new in pairs if old in label]
    if not able:
        return label
    old, new = rng.choice(able)
    i = rng.choice([i for i, char in enumerate(label) if char == old])
    return label[:i] + new + label[i + 1 :]


SLIPS: dict[str, Callable[[Random, str], str]] = {
    "insertion": _inserted,
    "deletion": _deleted,
    "transposition": _swapped,
    "repetition": _repeated,
    "homoglyph": _alike,
}


def squats(rng: Random, slip: str, count: int) -> Iterator[tuple[str, str]]:
    """Yield (host name, what it wants to be taken for): known domains with one slip, which are no words."""
    known = sorted(name for name in known_domains() if not name.startswith("example."))
    made = 0
    while made < count:
        domain = rng.choice(known)
        label, _, top = domain.partition(".")
        other = SLIPS[slip](rng, label)
        if len(label) < _LONG or not label.isalpha() or other == label:
            continue
        if is_word(other) or lookup_all(other) or f"{other}.{top}" in known_domains():
            continue
        host = rng.choice(("", "", "www.", "login.", "mail."))
        made += 1
        yield f"{host}{other}.{top}", f"{host}{domain}"


def _carried(rng: Random, name: str) -> str:
    shape = rng.choice(("It connects to {}.\n", "see https://{}/index.html for more\n", "write to info@{}\n",
                        "see hxxps://{}/login\n", "{}\n", "blocked {} today\n"))  # fmt: skip
    written = name.replace(".", "[.]") if rng.random() < 0.3 else name
    return shape.format(written)


def tables(runner: Runner, seed: int, count: int, examples: int = 40) -> list[Table]:
    """Measure the share of honest host names said to resemble another, and of squatted ones that are.

    Args:
        runner: the pipeline.
        seed: another one gives other names.
        count: how many honest names, and a tenth as many squatted ones of each kind of slip.
        examples: how many of either to list.
    """
    rng = Random(f"{seed}/honest-hosts")  # noqa: S311 - repeatable text, no secrets
    made = Table("Host names", ("names", "count", "found", "said to resemble", "share"))
    listed = Table("Examples", ("names", "host", "wanted", "said"))
    asked = [("honest", [(name, "") for name in hosts(rng, count)])]
    asked += [(slip, list(squats(rng, slip, max(count // 10, 1)))) for slip in SLIPS]
    for kind, names in asked:
        found = right = wrong = 0
        for name, wanted in names:
            text = _carried(rng, name)
            said = [
                (entity.value, entity.resembles or "")
                for entity in runner.run(Document(kind, text)).entities
                if entity.label in {"DOMAIN", "URL", "EMAIL"} and name in entity.value
            ]
            found += bool(said)
            told = [near for _, near in said if near]
            good = any(wanted in near for near in told) if wanted else bool(told)
            right += good
            wrong += bool(told) and not good
            if (bool(told) if not wanted else not good) and sum(
                row[0] == kind for row in listed.rows
            ) < examples:
                listed.add(kind, name, wanted, ", ".join(near for _, near in said))
        made.add(
            kind,
            len(names),
            percent(found / len(names)),
            right,
            f"{100 * right / len(names):.2f} %",
        )
        if wrong:
            made.add(f"{kind}, another", len(names), "", wrong, f"{100 * wrong / len(names):.2f} %")
    return [made, listed]
