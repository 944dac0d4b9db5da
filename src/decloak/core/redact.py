"""Redact: what a message may show of a URL or a name that somebody typed wrong.

A key that stands in the wrong place (as a user, a port, a path, a model's name) must not end in a
log. So only what has the shape of a host or of a plain name is shown, never what is left over.
"""

from __future__ import annotations

import re

__all__ = ["is_named_key", "shown_name", "shown_url"]

_URL = re.compile(
    r"(?:(?P<scheme>https?|ftp|file|wss?):/{0,3})?(?P<host>[^\s/?#@:\[\]]+|\[[0-9a-fA-F:.%]+\])"
    r"(?P<port>:\d{1,5})?(?P<rest>[/?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
_HOST = re.compile(r"(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}\.?|\[[0-9a-fA-F:.%]+\]")
_PATH = re.compile(r"(?:/[\w.~-]{0,40}){0,8}")
_NAME = re.compile(r"[\w.:/+-]{1,80}")
_KEY = re.compile(r"(?i:\b(?:sk|pk|rk|key|token|bearer|ghp|xox[abp])[-_ ][\w*.-]{4,})")
_RUN = re.compile(r"[A-Za-z0-9_]{16,}")


def is_named_key(text: str) -> bool:
    """Whether a text holds what keys begin with: ``sk-``, ``ghp_``, ``Bearer`` ..."""
    return bool(_KEY.search(text))


def _looks_like_key(text: str) -> bool:
    """Whether a part of a text may be a key: named as one, or a long run of letters and digits."""
    return is_named_key(text) or any(
        any(map(str.isdigit, run)) or (run.lower() != run and run.upper() != run)
        for run in _RUN.findall(text)
    )


def shown_url(text: str) -> str:
    """Return what may be shown of a URL: scheme, host and port, where these can be told apart."""
    match = _URL.fullmatch(text)
    if match is None or "@" in text or not _HOST.fullmatch(host := match["host"]):
        return _hidden(text)
    if _looks_like_key(host):
        return _hidden(text)
    if "." not in host and host != "localhost" and not match["scheme"]:
        return _hidden(text)
    scheme = f"{match['scheme'].lower()}://" if match["scheme"] else ""
    rest = match["rest"] or ""
    if not _PATH.fullmatch(rest) or _looks_like_key(rest):
        rest = "/..."
    return f"'{scheme}{host}{match['port'] or ''}{rest}'"


def shown_name(text: str) -> str:
    """Return a name that somebody typed, in quotes; not when it is anything else or may be a key."""
    plain = _NAME.fullmatch(text) and "://" not in text and not _looks_like_key(text)
    return repr(text) if plain else _hidden(text)


def _hidden(text: str) -> str:
    return f"what was given ({len(text)} characters, not shown)"
