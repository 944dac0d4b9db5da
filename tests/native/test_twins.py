"""The extension and pure Python give the same answers, of whole documents and of single values."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "fuzz"))
sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
sys.path.insert(0, str(Path(__file__).parent))

from fuzz_seeds import seed_groups
from mutations import mutated
from twins import EXTENSION, WAYS, Twins, forget_claims, pure

from corpus import text_of
from decloak.core import lines
from decloak.core.document import Document
from decloak.core.entity import Entity, Status
from decloak.core.serialise import dump
from decloak.export.base import Shape
from decloak.export.json_text import JSONL, dumps
from decloak.export.offsets import converter
from decloak.indicators.suffixes import registered_domain
from decloak.link.context import Linked
from decloak.pipeline import Pipeline
from decloak.tag.dotted import _TOKEN
from decloak.verify.claims import claim_of, native_claims

pytestmark = pytest.mark.skipif(
    EXTENSION is None and os.environ.get("DECLOAK_NATIVE") != "1",
    reason="the native extension is not built",
)
ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"
MUTATED = 240


def test_the_extension_is_built_where_it_must_be() -> None:
    assert isinstance(EXTENSION, ModuleType)


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_generated_output(seed: int) -> None:
    text = text_of(60_000, seed)[0]
    for settings in WAYS:
        assert not Twins(settings).difference(text)


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["nmap", "dig", "whois", "shodan", "banner", "report"])
def test_labelled_documents(kind: str) -> None:
    path = SHARED / f"{kind}.jsonl"
    if not path.exists():
        pytest.skip("the labelled development data is not beside the checkout")
    texts = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
    both = Twins(WAYS[0])
    for text in Random(kind).sample(texts, min(len(texts), 120)):
        assert not both.difference(text)


def test_the_slice_joined_and_apart() -> None:
    path = ROOT / "data" / "slice" / "slice.jsonl"
    texts = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
    chosen = Random(3).sample(texts, 100)
    both = Twins(WAYS[1])
    for text in (*chosen, "\n".join(chosen)):
        assert not both.difference(text)


@pytest.mark.parametrize("step", range(4))
def test_mutated_documents(step: int) -> None:
    """Any number by hand: `tests/native/run.py`."""
    seeds = seed_groups(beside=False)
    for number in range(step * MUTATED // 4, (step + 1) * MUTATED // 4):
        text = mutated(seeds, Random(f"twins/{number}"))
        assert not Twins(WAYS[number % len(WAYS)]).difference(text), number


def test_what_was_read_before_changes_nothing() -> None:
    texts = [text_of(3_000, seed)[0] for seed in range(20)]
    pipeline = Pipeline(WAYS[0])
    alone = []
    for text in texts:
        forget_claims()
        alone.append(dump(pipeline.run(Document("d", text))))
    for seed in range(3):
        order = list(range(len(texts)))
        Random(seed).shuffle(order)
        for place in order:
            assert dump(pipeline.run(Document("d", texts[place]))) == alone[place]


@pytest.mark.parametrize("unit", ["codepoint", "utf16"])
def test_json_has_the_same_bytes(unit: str) -> None:
    hostile = '\u0430pple.com \x7f\x1b[0m "\\\ud800\U0001f468 paypa1.com '
    for text in (text_of(20_000, 5)[0], hostile + "192.0.2.1\n" * 3, hostile):
        document = Document("d", text)
        result = Pipeline(WAYS[1]).run(document)
        shape = Shape(review=True, unit=unit, convert=converter(document, unit))
        fast = "".join(JSONL.render(result, shape))
        with pure():
            assert "".join(JSONL.render(result, shape)) == fast


@given(
    st.recursive(
        st.none() | st.integers() | st.text() | st.booleans() | st.floats(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=12,
    )
)
def test_json_values(value: Any) -> None:
    assert EXTENSION.json_value(value) in {None, dumps(value)}


@given(
    st.text(
        st.sampled_from("ab \t\n\r\x0b\x0c\x1c\x1f\x7f\x85\xa0\u2028\u3000\U0001f468"), max_size=40
    )
)
def test_even_lines(text: str) -> None:
    fast = lines.even(text)
    with pure():
        assert lines.even(text) == fast


_PIECES = st.sampled_from(
    [
        "a",
        "b",
        "g",
        "google",
        "g00gle",
        "paypal",
        "paypa1",
        "l0gin",
        "login",
        "micros0ft",
        "rnicrosoft",
        "exarnple",
        "twitter",
        "tvvitter",
        "kernel",
        "service",
        "ns1",
        "www2",
        "web01",
        "office365",
        "all4you",
        "l10n",
        "s3",
        "deadbeef",
        "4pple",
        "appIe",
        "II",
        "com",
        "co",
        "uk",
        "c0m",
        "org",
        "xn--ggle-55da",
        "_dmarc",
        "-",
        ".",
        "0",
        "1",
        "12",
        "255",
        "256",
        "65535",
        "65536",
        ":",
        "::",
        "f",
        "ffff",
        "2001:db8",
        "@",
        "/",
        "//",
        "http",
        "https",
        "://",
        "?",
        "#",
        "%",
        "*",
        "+",
        "~",
        "'",
        "amaz0n-aws",
        "cl0ud",
    ]
)
_VALUES = st.one_of(
    st.lists(_PIECES, min_size=1, max_size=8).map("".join),
    st.lists(_PIECES, min_size=1, max_size=5).map(".".join),
    st.lists(_PIECES, min_size=1, max_size=4).map(lambda parts: "-".join(parts) + ".example.com"),
    st.text(st.sampled_from("0123456789abcdefABCDEF:."), min_size=2, max_size=40),
    st.ip_addresses(v=6).map(str),
    st.ip_addresses(v=4).map(str),
)
_LABELS = st.sampled_from(
    "DOMAIN HOSTNAME EMAIL URL IP_ADDRESS PORT VERSION SERVICE STATE HASH SOFTWARE".split()  # noqa: SIM905 - a table
)


@given(
    st.lists(
        st.sampled_from(["a", "www", "ck", "jp", "kobe", "city", "co", "uk", "com", "", "b-c"])
    ).map(".".join)
)
def test_registered_domains(name: str) -> None:
    fast = registered_domain(name)
    with pure():
        assert registered_domain(name) == fast


@given(st.text(st.sampled_from("ab1._- \n\x80"), max_size=40), st.randoms(use_true_random=False))
def test_dotted_tokens(text: str, random: Random) -> None:
    shadow = text.encode("latin-1")
    whole = [match.span() for match in _TOKEN.finditer(shadow)]
    known = sorted(random.sample(whole, len(whole) // 2))
    starts, ends = [start for start, _ in known], [end for _, end in known]
    found = EXTENSION.dotted_tokens(shadow, 0, len(shadow), starts, ends)
    assert found == [span for span in whole if span not in known]


@given(_LABELS, _VALUES, st.sampled_from([str.lower, str.upper, str.title, str]))
def test_claims(label: str, value: str, spelt: Any) -> None:
    value = spelt(value)
    if value:
        native_claims().clear()
        assert native_claims().of("nmap.host.x", label, value) == claim_of(
            "nmap.host.x", label, value
        )


VERSIONS = st.one_of(
    st.from_regex(r"\A[0-9]{1,3}(\.[0-9]{1,3}){0,3}[-_. ]?[A-Za-z]{0,6}[-_. ]?[0-9]{0,2}\Z"),
    st.text("0123456789.pPrRcCxXbBetaSsé-_ *", max_size=12),
)


@given(
    version=VERSIONS,
    product=st.sampled_from(["OpenSSH", "nginx", "ISC BIND", "nobody's"]),
    port=st.integers(0, 9000),
    service=st.sampled_from(["ssh", "http", "ssl/http", "domain", "snmp?", "rdp", "böse"]),
    protocol=st.sampled_from(["tcp", "udp", "sctp"]),
)
def test_neighbours_are_tied_alike(version, product, port, service, protocol) -> None:
    entities, text = [], ""
    for label, value in (
        ("PORT", str(port)), ("PROTOCOL", protocol), ("SERVICE", service), ("SOFTWARE", product), ("VERSION", version)
    ):  # fmt: skip
        place = len(text), len(text) + len(value)
        text += f"{value} "
        entities.append(Entity(label, *place, value, value, value, 1.0, Status.ACCEPTED, ("test",)))
    fast = list(Linked(entities, text))
    with pure():
        assert fast == list(Linked(entities, text))
