"""The channel: names under several disguises at once, and twins that give the same answers."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core import native
from decloak.decode import decode
from decloak.decode.channel.alternatives import readings
from decloak.decode.channel.decision import weights
from decloak.decode.channel.odd import is_odd
from decloak.decode.channel.search import MOST_READINGS, Budget, reaches, search
from decloak.decode.channel.shortlist import Shortlist
from decloak.decode.channel.trie import known_names, letters_in, trie_of
from decloak.evaluation.halves import is_training_half
from decloak.evaluation.names import names_of, pairs
from decloak.perturb import Marked, disguise_document

NAMES = known_names()
TRIE = trie_of(NAMES)


def _native() -> object:
    if native.extension is None:
        pytest.skip("the extension is not built")
    return native.extension.Channel(
        [name.text.lower() for name in NAMES], [letters_in(name.text) for name in NAMES],
        list(weights().costs), readings, MOST_READINGS,
    )  # fmt: skip


def _windows(count: int) -> list[str]:
    rng = Random(5)
    made = []
    for _ in range(count):
        name = list(rng.choice(NAMES).text)
        for _ in range(rng.randint(1, 4)):
            place = rng.randrange(len(name))
            name[place] = rng.choice(
                ["*", "_", " ", "0", "1", "\u00e9", "\u043e", "a", "\u200b", name[place] * 3, ""]
            )
        made.append("".join(name) + rng.choice(["", " was", "/1.2"]))
    return made


@pytest.mark.parametrize("placed", [False, True])
def test_the_extension_and_its_twin_find_the_same(placed) -> None:
    kernel, budget, costs = _native(), weights().budgets[placed], weights().costs
    for window in _windows(25):
        ends = [place for place in range(1, len(window) + 1) if not window[place - 1].isspace()]
        expected = [tuple(found) for found in search(TRIE, window, ends, costs, budget)]
        assert kernel.search(window, ends, *budget) == expected
        assert kernel.reaches(window, ends, *budget) == reaches(TRIE, window, ends, costs, budget)


@pytest.mark.parametrize("placed", [False, True])
def test_the_shortlist_loses_nothing(placed) -> None:
    budget, costs = weights().budgets[placed], weights().costs
    shortlist = Shortlist(TRIE, NAMES, costs)
    for window in _windows(40):
        ends = [place for place in range(1, len(window) + 1) if not window[place - 1].isspace()]
        possible = shortlist.nodes(window, budget)
        expected = search(TRIE, window, ends, costs, budget)
        assert search(TRIE, window, ends, costs, budget, possible) == expected


@given(st.text(max_size=24))
def test_any_text_is_searched(window: str) -> None:
    budget = Budget(150, 20, 1, 6, 1)
    found = search(TRIE, window, range(len(window) + 1), weights().costs, budget)
    for each in found:
        assert each.cost == sum(a * b for a, b in zip(each.counts, weights().costs, strict=True))
        assert 0 < each.end <= len(window)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The host runs Kub*ern3tse 1.20 today.", "Kubernetes"),
        ("22/tcp open ssh 0pe*nSHS 8.9p1\n", "OpenSSH"),
        ("Registrar: Cl0udlf\u00e0re, Inc.\n", "Cloudflare"),
        ("They used C0balt Strkie on the machine.", "Cobalt Strike"),
        ("Server: El\u0430st1csea*rch/7.2\r\n", "Elasticsearch"),
    ],
)
def test_several_disguises_of_one_name_are_undone(text: str, name: str) -> None:
    assert name in decode(text).text


@pytest.mark.parametrize(
    "text",
    [
        "Server: Oracle-HTTP-Server-11g/10.2\r\n",
        "solutions such as Trend Micro\u2122 Mobile Security\u2122 sold well",
        "deployed the following China Chopper4, JspSpy5 webshells",
        "passwords from Microsoft\u00a0Edge browsers",
        "L'\u00e9t\u00e9 dernier, l'\u00e9quipe a d\u00e9ploy\u00e9 un nouveau syst\u00e8me",
        "registrant of web01-db2 and l2tp0, see libssl.so.3 or x86_64",
        "Registrant City: Malgrat de Mar\n",
        "network changed: v4(en0-:192.0.2.2) v6(en0:2607:f140:6000:8:c6b3:1ff:fecd:467f) DNS!\n",
    ],
)
def test_honest_text_stays(text: str) -> None:
    made = decode(text)
    assert made.text == text.replace("\r\n", "\n")
    assert not made.likenesses


def test_most_names_under_two_disguises_are_read() -> None:
    rng = Random(12)
    found = total = 0
    for family in pairs():
        for name in rng.sample(names_of("SOFTWARE", False), 1):
            text = f"The host runs {name} 1.2 today."
            mark = Marked(14, 14 + len(name), "SOFTWARE", name)
            made = disguise_document(text, [mark], [family], rng)
            total += len(made.planted)
            found += bool(made.planted) and name in decode(made.text).meant
    assert found > 0.65 * total


def test_no_name_of_the_evaluation_was_fitted_on() -> None:
    for label in ("SOFTWARE", "ORGANIZATION"):
        seen, unseen = names_of(label, True), names_of(label, False)
        assert not set(seen) & set(unseen)
        assert all(map(is_training_half, seen))


def test_odd_tokens_are_few_in_honest_text() -> None:
    honest = "The quick server at 192.0.2.1 answered with nginx/1.18.0 to client-side requests (see RFC 9110)."
    assert not [token for token in honest.split() if is_odd(token)]
    assert is_odd("0pe*nSHS")
