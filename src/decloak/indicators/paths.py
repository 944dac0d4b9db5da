"""File paths of Windows and of Unix-like systems."""

from __future__ import annotations

import re

from decloak.core.entity import Reading, Verdict

__all__ = ["FILE_EXTENSIONS", "UNIX_ROOTS", "read_file_name", "read_path"]

UNIX_ROOTS = (
    "bin", "boot", "data", "dev", "etc", "home", "lib", "lib64", "media", "mnt", "opt", "private",
    "proc", "root", "run", "sbin", "srv", "storage", "sys", "system", "tmp", "usr", "var",
    "Applications", "Library", "System", "Users", "Volumes",
)  # fmt: skip
"""First components by which an absolute Unix path is recognised (FHS 3.0, macOS, Android)."""

FILE_EXTENSIONS = frozenset(
    [
        "exe",
        "dll",
        "sys",
        "scr",
        "cpl",
        "ocx",
        "drv",
        "bat",
        "cmd",
        "ps1",
        "psm1",
        "vbs",
        "vbe",
        "js",
        "jse",
        "wsf",
        "wsh",
        "hta",
        "lnk",
        "msi",
        "msp",
        "jar",
        "class",
        "apk",
        "ipa",
        "dex",
        "doc",
        "docx",
        "docm",
        "dot",
        "dotm",
        "xls",
        "xlsx",
        "xlsm",
        "xlsb",
        "xll",
        "ppt",
        "pptx",
        "pptm",
        "rtf",
        "pdf",
        "one",
        "onepkg",
        "iso",
        "img",
        "vhd",
        "vhdx",
        "cab",
        "zip",
        "rar",
        "7z",
        "gz",
        "tar",
        "tgz",
        "bz2",
        "ace",
        "elf",
        "so",
        "dylib",
        "app",
        "dmg",
        "pkg",
        "deb",
        "rpm",
        "sh",
        "py",
        "pyc",
        "pl",
        "rb",
        "php",
        "asp",
        "aspx",
        "jsp",
        "jspx",
        "ashx",
        "bin",
        "dat",
        "tmp",
        "log",
        "txt",
        "xml",
        "json",
        "html",
        "htm",
        "css",
        "reg",
        "ini",
        "cfg",
        "conf",
        "inf",
        "db",
        "sqlite",
        "key",
        "pem",
        "crt",
        "cer",
        "pfx",
        "p12",
        "eml",
        "msg",
        "chm",
        "svg",
        "png",
        "jpg",
        "jpeg",
        "gif",
        "ico",
        "bmp",
        "mp3",
        "mp4",
        "wav",
        "avi",
        "swf",
        "csv",
        "sct",
        "xsl",
        "xslt",
        "url",
        "library-ms",
        "settingcontent-ms",
    ]
)
"""Extensions by which a bare name is a file's."""

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
    good = dot and stem.strip(". ") and extension.lower() in FILE_EXTENSIONS
    if good and len(text) <= 255 and _FORBIDDEN.isdisjoint(text) and not {"/", "\\"} & set(text):
        return Reading(Verdict.CONFIRMED, text)
    return Reading(Verdict.REFUTED, reason="no name with the extension of a file")
