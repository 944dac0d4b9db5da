"""File paths of Windows and of Unix-like systems."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from decloak.core.entity import Reading, Verdict

__all__ = ["UNIX_ROOTS", "file_extensions", "read_file_name", "read_path"]

UNIX_ROOTS = (
    "bin", "boot", "data", "dev", "etc", "home", "lib", "lib64", "media", "mnt", "opt", "private",
    "proc", "root", "run", "sbin", "srv", "storage", "sys", "system", "tmp", "usr", "var",
    "Applications", "Library", "System", "Users", "Volumes",
)  # fmt: skip
"""First components by which an absolute Unix path is recognised (FHS 3.0, macOS, Android)."""


@cache
def file_extensions() -> frozenset[str]:
    """Return what ends the name of a file, in lower case (``file_extensions.txt``)."""
    text = (files("decloak.indicators") / "file_extensions.txt").read_text("utf-8")
    return frozenset(
        word for line in text.splitlines() if not line.startswith("#") for word in line.split()
    )


_FORBIDDEN = frozenset('<>"|?*\x00')
_MAX_PATH = 1024


_PLACEHOLDER = re.compile(r"(?<=\\)<[A-Za-z][A-Za-z0-9_. -]*>(?=\\)")


def read_path(text: str) -> Reading:
    """Read an absolute path, perhaps with placeholders (``<user>``); the canonical form is as written."""
    if not 3 <= len(text) <= _MAX_PATH or not _FORBIDDEN.isdisjoint(_PLACEHOLDER.sub("", text)):
        return Reading(Verdict.REFUTED, reason="length or characters no path has")
    drive = text[1] == ":" and text[0].isalpha() and text[2] in "\\/"
    if drive or text.startswith(("\\\\", "%")):
        return Reading(Verdict.CONFIRMED, text)
    if text.startswith(("/", "~/")):
        return Reading(Verdict.CONFIRMED, text)
    return Reading(Verdict.SILENT, text, "a relative path or a mere name")


def read_file_name(text: str) -> Reading:
    """Read a file's name: no path, a known extension."""
    stem, dot, extension = text.rpartition(".")
    good = dot and stem.strip(". ") and extension.lower() in file_extensions()
    if good and len(text) <= 255 and _FORBIDDEN.isdisjoint(text) and not {"/", "\\"} & set(text):
        return Reading(Verdict.CONFIRMED, text)
    return Reading(Verdict.REFUTED, reason="no name with the extension of a file")
