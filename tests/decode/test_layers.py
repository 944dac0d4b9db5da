"""One disguise over another, in indicators: each layer is taken off although what it leaves reads as nothing yet."""

from __future__ import annotations

import pytest

from decloak.decode import decode

COMPOSED = [
    ("block &#49;&#57;&#50;[.]&#48;&#46;&#50;[.]&#49; now", "192.0.2.1"),
    ("9\u0339\u032b8.5<b>1\u031c</b>.1\u0316\u030d00.7 was", "98.51.100.7"),
    ("whois.e[code]xample[.][/code]com here", "whois.example.com"),
    ("w\\textbf{indow39[.]e}xample.com here", "window39.example.com"),
    ("CVE\uff0d<b>2022\uff0d4</b>141 was", "CVE-2022-4141"),
    (
        "digest &#x0061;&#x0061;f33ac283b7944cb6f4ffc82bad793d was",
        "aaf33ac283b7944cb6f4ffc82bad793d",
    ),
]
HONEST = [
    "3.**Final Payload.** It was\n",
    "**192.0.2.1**, **192.0.2.2** and <b>example.com</b>\n",
    "foo<br>example.com and [b]bar[/b] in a list[i].name\n",
    "&copy; 2024 &#8212; all rights &#8220;reserved&#8221;\n",
    "a&#8209;b &#8230; and caf&#233;s\n",
]


@pytest.mark.parametrize(("text", "value"), COMPOSED)
def test_layers_come_off(text: str, value: str) -> None:
    assert value in decode(text).text


@pytest.mark.parametrize("text", HONEST)
def test_honest_markup_stays(text: str) -> None:
    assert decode(text).text == text
