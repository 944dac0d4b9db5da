"""Wallets: a checksum that holds, and none that does not (vectors of BIP 173, BIP 350, EIP 55, Monero)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.entity import Verdict
from decloak.indicators import check

GOOD = (
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
    "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xde0b295669a9fd93d5f28d9ec85e40f4cb697bae",
    "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
)  # fmt: skip


@pytest.mark.parametrize("wallet", GOOD)
def test_a_good_wallet_is_confirmed(wallet: str) -> None:
    assert check("WALLET", wallet).verdict is Verdict.CONFIRMED


@given(st.sampled_from(GOOD[:3] + GOOD[4:6] + GOOD[7:]), st.data())
def test_one_other_character_breaks_the_checksum(wallet: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(2, len(wallet) - 1))
    other = data.draw(
        st.sampled_from("ABCDEFabcdef23456789").filter(lambda char: char != wallet[place])
    )
    assert check("WALLET", wallet[:place] + other + wallet[place + 1 :]).verdict is Verdict.REFUTED


@given(st.text(max_size=100))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert check("WALLET", text).verdict in {Verdict.CONFIRMED, Verdict.REFUTED}
