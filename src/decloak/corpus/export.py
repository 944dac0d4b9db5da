"""Export: JSON lines, CoNLL (IOB2) and spaCy's DocBin, one file per part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from decloak.core.errors import InputError, SettingsError
from decloak.core.iob import tagged
from decloak.corpus.extras import need
from decloak.corpus.sample import Sample, to_line

__all__ = ["FORMATS", "export_corpus"]


def _write_lines(samples: Iterable[Sample], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for count, sample in enumerate(samples, 1):  # noqa: B007 - the last one is the count
            stream.write(to_line(sample))
    return count


def _write_conll(samples: Iterable[Sample], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for count, sample in enumerate(samples, 1):  # noqa: B007 - the last one is the count
            stream.write(f"# id = {sample.id}\n")
            for start, end, tag in tagged(sample.text, sample.entities):
                stream.write(f"{sample.text[start:end]}\t{tag}\n")
            stream.write("\n")
    return count


def _write_spacy(samples: Iterable[Sample], path: Path) -> int:
    spacy, tokens = need("spacy"), need("spacy.tokens")
    words_and_spaces: Callable[..., Any] = need("spacy.util").get_words_and_spaces
    vocab = spacy.blank("xx").vocab
    made = tokens.DocBin(store_user_data=True)
    for sample in samples:
        words = [sample.text[start:end] for start, end, _ in tagged(sample.text, sample.entities)]
        doc = tokens.Doc(vocab, *words_and_spaces(words, sample.text))
        doc.ents = [
            doc.char_span(each.start, each.end, label=each.label) for each in sample.entities
        ]
        doc.user_data |= {"id": sample.id, "group": sample.group, "source": sample.source}
        made.add(doc)
    made.to_disk(path)
    return len(made)


FORMATS: Mapping[str, tuple[Callable[[Iterable[Sample], Path], int], str]] = {
    "jsonl": (_write_lines, "jsonl"),
    "conll": (_write_conll, "conll"),
    "spacy": (_write_spacy, "spacy"),
}
"""Format -> (writer, file suffix)."""


def export_corpus(samples: Iterable[Sample], form: str, out: Path) -> dict[str, int]:
    """Write one file per part; return how many samples each got.

    Args:
        samples: the corpus.
        form: a name of `FORMATS`.
        out: the folder; made when it is not there.

    Raises:
        SettingsError: for an unknown format, or when its library is not installed.
        InputError: when the folder cannot be written.
    """
    if form not in FORMATS:
        message = f"no format named {form!r}; known: {', '.join(FORMATS)}"
        raise SettingsError(message)
    write, suffix = FORMATS[form]
    parts: dict[str, list[Sample]] = {}
    for sample in samples:
        parts.setdefault(sample.split or "all", []).append(sample)
    counts = {}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for part, held in parts.items():
            beside = out / f"{part}.{suffix}.part"
            counts[part] = write(held, beside)
            beside.replace(out / f"{part}.{suffix}")
    except OSError as error:
        message = f"{error.filename or out}: {(error.strerror or type(error).__name__).lower()}"
        raise InputError(message) from error
    return counts
