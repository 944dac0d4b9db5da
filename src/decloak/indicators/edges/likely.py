"""Likely: whether a stretch of text may be an indicator, at a glance and with its disguise on."""

from __future__ import annotations

from decloak.core.document import View
from decloak.indicators import classify
from decloak.indicators.engine import compile_pattern

__all__ = ["is_likely", "plain", "stands", "token_after", "token_before"]

_REACH = 512  # code points of a token that are looked at
_VISIBLE = bytes(range(0x21, 0x7F))
_LIKELY = compile_pattern(
    rb"(?:[A-Za-z0-9_\])}%-](?:[.:@/]|\\[.]|[\[({](?:[.:@/]|dot|at)[\])}])|%\\)[A-Za-z0-9_\[({/:\\%~-]"
    rb"|[0-9A-Fa-f]{32}|(?i:\bcve[-_ ]?[0-9]{4}|\bas[0-9]{3,10}\b|\bt1[0-9]{3}\b)",
    capture=False,
)


_DISGUISES = (
    ("[.]", "."), ("(.)", "."), ("{.}", "."), ("[dot]", "."), ("(dot)", "."), ("[:]", ":"), ("[://]", "://"), ("[@]", "@"),
    ("[at]", "@"), ("hxxp", "http"), ("hXXp", "http"),
)  # fmt: skip


def is_likely(token: str) -> bool:
    """Whether a token has a joint of an indicator inside, is a digest, or begins like an identifier."""
    return _LIKELY.search(token.encode("ascii", "replace")) is not None


def plain(token: str) -> str:
    """Return a token without the commonest ways to keep it from being clicked."""
    for disguise, mark in _DISGUISES:
        token = token.replace(disguise, mark)
    return token


def stands(token: str) -> bool:
    """Whether a token is an indicator, also when it is kept from being clicked."""
    return classify(plain(token)) is not None


def token_before(view: View, end: int, reach: int = _REACH) -> str:
    """Return the visible ASCII characters that stand directly before a place."""
    low = max(end - reach, 0)
    return view.text[low + len(view.shadow[low:end].rstrip(_VISIBLE)) : end]


def token_after(view: View, start: int, reach: int = _REACH) -> str:
    """Return the visible ASCII characters that stand directly behind a place."""
    window = view.shadow[start : start + reach]
    return view.text[start : start + len(window) - len(window.lstrip(_VISIBLE))]
