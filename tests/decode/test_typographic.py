from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.alignment import apply_edits
from decloak.core.document import View
from decloak.decode import DECODERS, decode

NAMES = ("confusable", "diacritic", "leet", "symbol", "typo")
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

PIECES = st.sampled_from(
    ["0penSSH", "Op*en*SSH", "Apahce httpd", "22/tcp open shs", "\u0430\u0440ache", "192\u3002", "\uff11.2.3.4",
     "Server: ", "l92.O.2.l0", "A p a c h e", "a-p-a-c-h-e", "nginx/1~18~0", "\n", " ", "\t", "\x00",
     "\ud800", "\u0301\u0301", "Registrar: Gogle LLC", "|", "_", "(", "/", ".com", "\u20ac", "I", "O."]
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@given(text=st.lists(PIECES | st.text(max_size=8), max_size=12).map("".join))
def test_edits_are_sorted_and_apart_on_any_text(name: str, text: str) -> None:
    edits = list(DECODERS.get(name).propose(View(text)))
    apply_edits(text, edits)  # raises when they overlap, are unsorted or leave the text
    assert all(edit.family in DECODERS.get(name).families for edit in edits)
    assert all(text[edit.start : edit.end] != edit.replacement for edit in edits)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("22/tcp open shs Opneshh 7.4", "22/tcp open ssh OpenSSH 7.4"),
        ("runs 4p\u0430che/2.4 on \xdcb\xfcntu 20.04", "runs Apache/2.4 on Ubuntu 20.04"),
        ("at \uff11\uff19\uff12\uff0e0\uff0e2\uff0e1", "at 192.0.2.1"),
        ("OrgName: Amazon Wbe Sevrices", "OrgName: Amazon Web Services"),
        ("R3d15 k3y-v41u3 store", "Redis key-value store"),
        ("Mi~cro~soft Win~dows RPC", "Microsoft Windows RPC"),
    ],
)
def test_disguised_names_are_read_plainly(text: str, plain: str) -> None:
    assert decode(text).meant == plain


@pytest.mark.parametrize(
    "text",
    ["g\u043e\u043egle.com", "g00gle.com", "http://paypa1.example/", "user@micr0soft.example", "gogle.com",
     "m\xfcnchen.example", "192.0.2.256", "opnessh.example"],
)  # fmt: skip
def test_names_of_their_own_are_not_repaired(text: str) -> None:
    assert decode(f"see {text} there").text == f"see {text} there"


def test_surface_of_a_zalgo_name_is_covered_whole() -> None:
    text = "ru\u0301ns n\u0336g\u0336i\u0336n\u0336x\u0336 now"
    decoded = decode(text)
    start = decoded.text.index("nginx")
    low, high = decoded.alignment.to_raw(start, start + 5)
    assert text[low:high] == "n\u0336g\u0336i\u0336n\u0336x\u0336"


@pytest.mark.shared
@pytest.mark.slow
def test_honest_documents_are_left_alone() -> None:
    if not SHARED.is_dir():
        pytest.skip("the development data is not beside the checkout")
    touched = total = 0
    for path in sorted(SHARED.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            view = View(json.loads(line)["text"])
            total += 1
            touched += any(any(True for _ in DECODERS.get(name).propose(view)) for name in NAMES)
    assert touched < 0.0005 * total
