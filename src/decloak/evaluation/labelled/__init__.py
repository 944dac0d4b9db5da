"""Labelled files of any format: what is right in them, and beside it what is wrong and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from decloak.core.errors import InputError, UnreadableError
from decloak.evaluation.labelled.brat import read_brat
from decloak.evaluation.labelled.conll import read_conll
from decloak.evaluation.labelled.docbin import read_docbin
from decloak.evaluation.labelled.json_rows import read_json_lines, read_label_studio
from decloak.evaluation.labelled.rows import Labelled, Problem, Row, Span, checked, our_label

__all__ = ["FORMATS", "Labelled", "Problem", "Row", "Span", "checked", "our_label", "read_rows"]

FORMATS: Mapping[str, Callable[[Path], Iterator[Row | Problem]]] = {
    "jsonl": read_json_lines,
    "conll": read_conll,
    "spacy": read_docbin,
    "brat": read_brat,
    "label-studio": read_label_studio,
}
_SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".conll": "conll",
    ".bio": "conll",
    ".iob": "conll",
    ".iob2": "conll",
    ".spacy": "spacy",
    ".ann": "brat",
}


def read_rows(path: Path, form: str | None = None) -> Iterator[Row | Problem]:
    """Yield the rows of a file, or of every labelled file of a folder.

    Args:
        path: a file; a folder of brat or of other labelled files.
        form: a name of `FORMATS`; None to tell by name and content.

    Raises:
        UnreadableError: when it is not there or holds nothing labelled.
        InputError: when its format cannot be told, or is damaged as a whole.
    """
    try:
        if path.is_dir() and form is None:
            yield from _folder(path)
            return
        yield from FORMATS[form or _form(path)](path)
    except OSError as error:
        message = f"{path}: {(error.strerror or type(error).__name__).lower()}"
        raise UnreadableError(message) from error


def _folder(path: Path) -> Iterator[Row | Problem]:
    if next(path.rglob("*.ann"), None) is not None:
        yield from read_brat(path)
        return
    files = [each for each in sorted(path.iterdir()) if each.suffix in _SUFFIXES]
    if not files:
        message = f"no labelled files ({', '.join(sorted(_SUFFIXES))}) in {path}"
        raise UnreadableError(message)
    for file in files:
        yield from read_rows(file)


def _form(path: Path) -> str:
    """Tell the format of a file."""
    known = _SUFFIXES.get(path.suffix.lower())
    if known:
        return known
    with path.open("rb") as stream:
        head = stream.read(65_536).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] in {b"[", b"{"}:
        whole = head.startswith(b"[") or b"\n" not in head.rstrip()
        return "label-studio" if whole and b'"annotations"' in head else "jsonl"
    first = [line.split() for line in head.splitlines()[:50] if line.strip()]
    if first and all(line[-1][:2] in {b"O", b"B-", b"I-", b"E-", b"S-", b"L-", b"U-"}
                     for line in first if not line[0].startswith(b"#")):  # fmt: skip
        return "conll"
    message = f"{path}: the format is not clear; name it with --gold-format or --format"
    raise InputError(message)
