"""Digits of other scripts are digits: they end no indicator, as letters of these scripts do."""

from __future__ import annotations

import pytest

from decloak import extract


@pytest.mark.parametrize(
    "text",
    ["block 89.91.213.15\u0665, please", "at 198.20\u0665.17.7 now", "on \u0968\u0966\u0966\u0967:db8::77d there",
     "27.\u0967\u096b\u096c.\u0967\u096e8.20\u096c\n"],
)  # fmt: skip
def test_an_address_with_digits_of_other_scripts_is_read_whole(text: str) -> None:
    said = {entity.value for entity in extract(text, tagger="off").entities}
    assert said in ({"89.91.213.155"}, {"198.205.17.7"}, {"2001:db8::77d"}, {"27.156.188.206"})
