"""Secret: a key that goes to its server and nowhere else."""

from __future__ import annotations

import os
import re

from decloak.core.errors import SettingsError

__all__ = ["Secret", "from_environment"]

_LIKE_A_KEY = re.compile(r"\b(sk|pk|key|Bearer)[- ]?[A-Za-z0-9_*.-]{12,}")
_LONGEST = 240


class Secret:
    """A key. Neither `repr` nor `str` shows it.

    Args:
        value: the key, or None where a server asks for none.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str | None) -> None:
        self._value = value

    def __repr__(self) -> str:
        return "Secret(...)" if self._value else "Secret(None)"

    def __bool__(self) -> bool:
        return bool(self._value)

    def reveal(self) -> str:
        """Return the key, for the one call that sends it."""
        return self._value or "none"

    def hide(self, text: str) -> str:
        """Return a text without the key in it."""
        return text.replace(self._value, "[key]") if self._value else text

    def quote(self, text: str) -> str:
        """Return what a stranger said, fit for a message: short, printable, without any key."""
        shown = _LIKE_A_KEY.sub("[key]", self.hide(text))
        shown = "".join(char if char.isprintable() else " " for char in shown[: 4 * _LONGEST])
        shown = " ".join(shown.split())
        return shown if len(shown) <= _LONGEST else shown[:_LONGEST] + "..."


def from_environment(*names: str) -> Secret:
    """Read a key from the first of these variables that is set.

    Raises:
        SettingsError: when it holds what no key holds; the message does not show it.
    """
    for name in names:
        value = os.environ.get(name, "").strip()
        if value:
            if not value.isascii() or not value.isprintable() or " " in value:
                message = f"{name} holds white space or other characters that no key has"
                raise SettingsError(message)
            return Secret(value)
    return Secret(None)
