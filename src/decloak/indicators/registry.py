"""Keys of the Windows registry, by their root keys and the names these are shortened to."""

from __future__ import annotations

import re

from decloak.core.entity import Reading, Verdict, confirmed

__all__ = ["ROOT_KEYS", "read_registry_key"]

ROOT_KEYS = (
    "HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER", "HKEY_CLASSES_ROOT", "HKEY_USERS", "HKEY_CURRENT_CONFIG",
    "HKEY_PERFORMANCE_DATA", "HKLM", "HKCU", "HKCR", "HKU", "HKCC",
)  # fmt: skip
"""What the path of a key begins with (Microsoft's reference, and what reg.exe takes)."""

_KEY = re.compile(
    rf"(?:Computer\\{{1,2}})?(?:{'|'.join(ROOT_KEYS)}):?(?:\\{{1,2}}|/)[^\n]{{1,1000}}"
    r"|\\REGISTRY\\(?:MACHINE|USER)\\[^\n]{1,1000}|(?:SOFTWARE|SYSTEM)\\[^\n]{1,1000}",
    re.IGNORECASE,
)


def read_registry_key(text: str) -> Reading:
    """Read the path of a key or of a value in it; canonical is as written."""
    if _KEY.fullmatch(text) is None:
        return Reading(Verdict.REFUTED, reason="no root key in front")
    return confirmed(text)
