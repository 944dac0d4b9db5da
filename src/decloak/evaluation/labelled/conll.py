"""CoNLL: a token and its tag per line, sentences parted by blank lines; IOB1, IOB2 or BILOU."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from decloak.evaluation.labelled.rows import Problem, Row, Span

__all__ = ["read_conll"]

_ID = re.compile(r"#\s*(?:id|sent_id|doc_id)\s*[=:]\s*(.+)")
_TAG = re.compile(r"(?:([BIELSU])-(.+)|O|-|_)\Z")
_DOCSTART = "-DOCSTART-"


class _Sentence:
    """The tokens of one sentence, joined by blanks, and the spans that their tags make."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.id = ""
        self.parts: list[str] = []
        self.length = 0
        self.spans: list[Span] = []
        self._open: tuple[int, str] | None = None
        self._end = 0

    def add(self, token: str, tag: str) -> None:
        """Append a token.

        Raises:
            ValueError: when the tag is none.
        """
        matched = _TAG.match(tag)
        if matched is None:
            message = f"{tag!r} is no tag (O, B-LABEL, I-LABEL ...)"
            raise ValueError(message)
        prefix, label = matched.group(1) or "", matched.group(2) or ""
        start = self.length + bool(self.parts)
        goes_on = self._open is not None and prefix in "IEL" and self._open[1] == label and prefix
        if not goes_on:
            self.close()
            if prefix:
                self._open = (start, label)
        self.parts.append(token)
        self.length = self._end = start + len(token)
        if prefix and prefix in "ELSU":
            self.close()

    def close(self) -> None:
        """End the entity that is open."""
        if self._open is not None:
            start, label = self._open
            self.spans.append(Span(start, self._end, label))
            self._open = None

    def row(self, number: int) -> Row:
        """Return the sentence as a row."""
        self.close()
        text = " ".join(self.parts)
        spans = tuple(each._replace(value=text[each.start : each.end]) for each in self.spans)
        return Row(self.where, self.id or str(number), text, spans)


def read_conll(path: Path) -> Iterator[Row | Problem]:
    """Yield a row for every sentence: its first and last columns are token and tag.

    A comment ``# id = NAME`` names the sentence that follows. Tokens are joined by one blank: offsets
    count in the text so made.
    """
    number, sentence = 0, None
    name = ""
    with path.open("rb") as stream:
        for line_number, data in enumerate(stream, 1):
            where = f"{path}:{line_number}"
            try:
                line = data.decode("utf-8-sig").rstrip("\r\n")
            except UnicodeDecodeError as error:
                yield Problem(where, f"no UTF-8: {error.reason} at byte {error.start}")
                continue
            fields = line.split("\t") if "\t" in line else line.split()
            if not line.strip() or fields[0] == _DOCSTART:
                if sentence is not None and sentence.parts:
                    number += 1
                    yield sentence.row(number)
                sentence = None
                continue
            comment = _ID.match(line)
            if line.startswith("#") and (comment or len(fields) != 2):
                name = comment.group(1).strip() if comment else name
                continue
            if len(fields) < 2:
                yield Problem(where, "a token without a tag")
                continue
            if sentence is None:
                sentence = _Sentence(where)
                sentence.id, name = name, ""
            try:
                sentence.add(fields[0], fields[-1])
            except ValueError as error:
                yield Problem(where, str(error))
                sentence.add(fields[0], "O")
    if sentence is not None and sentence.parts:
        yield sentence.row(number + 1)
