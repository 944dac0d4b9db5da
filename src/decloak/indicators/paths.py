"""File paths of Windows and of Unix-like systems."""

from __future__ import annotations

from decloak.core.entity import Reading, Verdict

__all__ = ["UNIX_ROOTS", "read_path"]

UNIX_ROOTS = (
    "bin", "boot", "data", "dev", "etc", "home", "lib", "lib64", "media", "mnt", "opt", "private",
    "proc", "root", "run", "sbin", "srv", "storage", "sys", "system", "tmp", "usr", "var",
    "Applications", "Library", "System", "Users", "Volumes",
)  # fmt: skip
"""First components by which an absolute Unix path is recognised (FHS 3.0, macOS, Android)."""

_FORBIDDEN = frozenset('<>"|?*\x00')
_MAX_PATH = 1024


def read_path(text: str) -> Reading:
    """Read an absolute path; the canonical form is as written."""
    if not 3 <= len(text) <= _MAX_PATH or not _FORBIDDEN.isdisjoint(text):
        return Reading(Verdict.REFUTED, reason="length or characters no path has")
    drive = text[1] == ":" and text[0].isalpha() and text[2] in "\\/"
    if drive or text.startswith(("\\\\", "%")):
        return Reading(Verdict.CONFIRMED, text)
    if text.startswith(("/", "~/")):
        return Reading(Verdict.CONFIRMED, text)
    return Reading(Verdict.SILENT, text, "a relative path or a mere name")
