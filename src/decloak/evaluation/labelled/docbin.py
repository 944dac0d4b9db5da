"""spaCy: the documents of a ``.spacy`` file (DocBin)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from decloak.core.errors import InputError
from decloak.core.extras import need_extra
from decloak.evaluation.labelled.rows import Problem, Row, Span

__all__ = ["read_docbin"]


def read_docbin(path: Path) -> Iterator[Row | Problem]:
    """Yield a row for every document.

    Raises:
        ToolError: when spaCy is not installed.
        InputError: when the file is no DocBin.
    """
    with need_extra("corpus"):
        import spacy  # noqa: PLC0415 - only where such a file is read
        from spacy.tokens import DocBin  # noqa: PLC0415 - likewise
    vocab = spacy.blank("xx").vocab
    try:
        documents = list(DocBin().from_disk(path).get_docs(vocab))
    except Exception as error:  # whatever the library raises on a damaged file
        message = f"{path} is no DocBin of spaCy: {type(error).__name__}"
        raise InputError(message) from error
    for number, document in enumerate(documents, 1):
        data = document.user_data
        spans = tuple(
            Span(each.start_char, each.end_char, each.label_, each.text) for each in document.ents
        )
        yield Row(
            f"{path}#{number}", str(data.get("id", number)), document.text, spans,
            str(data.get("source", "")),
        )  # fmt: skip
