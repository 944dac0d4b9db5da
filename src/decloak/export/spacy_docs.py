"""Spacy docs: results as spaCy's DocBin, for those who train with it. Needs spaCy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from decloak.core.errors import ToolError
from decloak.core.iob import tagged
from decloak.core.result import Result
from decloak.export.base import Shape
from decloak.export.conll import apart

if TYPE_CHECKING:
    from spacy.tokens import DocBin

__all__ = ["docbin"]


def docbin(results: Iterable[Result], shape: Shape | None = None) -> DocBin:
    """Return documents with entities, whose text is that of the results; ``.to_disk(path)`` writes them.

    ``doc.user_data`` holds ``id`` and ``source``. Tokens end where entities do.

    Args:
        results: any number of them.
        shape: which entities; the accepted ones when None.

    Raises:
        ToolError: when spaCy is not installed.
    """
    try:
        import spacy  # noqa: PLC0415 - only where it is wanted
        from spacy.tokens import Doc, DocBin  # noqa: PLC0415 - likewise
        from spacy.util import get_words_and_spaces  # noqa: PLC0415 - likewise
    except ImportError as error:
        message = "a DocBin needs spaCy: pip install spacy"
        raise ToolError(message) from error
    vocab: Any = spacy.blank("xx").vocab
    made = DocBin(store_user_data=True)
    for result in results:
        entities = apart(result, shape or Shape())
        words = [result.text[start:end] for start, end, _ in tagged(result.text, entities)]
        doc = Doc(vocab, *get_words_and_spaces(words, result.text))
        spans = (doc.char_span(each.start, each.end, label=each.label) for each in entities)
        doc.ents = [span for span in spans if span is not None]
        doc.user_data |= {"id": result.id, "source": result.source}
        made.add(doc)
    return made
