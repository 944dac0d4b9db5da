"""Strict scores: what seqeval says equals what exact spans say."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decloak.core.errors import UnreadableError
from decloak.evaluation.tagger.cyner import Sentence, bio, merged, read, score, trusted
from decloak.evaluation.tagger.mentions import Mention

pytest.importorskip("seqeval", reason="seqeval is not installed")

TEXT = "The Marcher trojan, seen on Android 7.0, asks evil-site[.]com for orders."


def at(surface, label):
    start = TEXT.index(surface)
    return start, start + len(surface), label


def spans():
    """Non-overlapping spans that begin and end within words or between them, never at a space."""
    places = st.lists(st.integers(0, len(TEXT)), unique=True, max_size=8).map(sorted)

    def made(edges):
        rows = []
        for low, high in zip(edges[::2], edges[1::2], strict=False):
            surface = TEXT[low:high]
            start = low + len(surface) - len(surface.lstrip())
            end = start + len(surface.strip())
            if start < end:
                rows.append((start, end, "Malware" if len(rows) % 2 else "System"))
        return rows

    return places.map(made)


@settings(deadline=None)
@given(spans().filter(bool), spans())
def test_seqeval_counts_equal_spans(gold, said):
    report = score([Sentence("a", TEXT, tuple(gold))], [said])
    right = len(set(gold) & set(said))
    micro = report["micro avg"]
    assert micro["support"] == len(gold)
    assert micro["recall"] == pytest.approx(right / len(gold))
    assert micro["precision"] == pytest.approx(right / len(said) if said else 0.0)


def test_words_are_cut_at_the_edges_of_spans():
    cut = at("evil-site[.]com", "Indicator")
    labels = bio("ab cd", [(1, 4, "System")], [1, 4])
    assert labels == ["O", "B-System", "I-System", "O"]
    assert bio(TEXT, [cut], cut[:2]).count("I-Indicator") == 6


def test_neighbours_stay_two():
    assert bio("ab cd", [(0, 2, "System"), (3, 5, "System")], []) == ["B-System", "B-System"]


def test_labels_are_trusted_for_their_precision():
    rows = [Sentence(str(i), TEXT, (at("Marcher", "Malware"),)) for i in range(8)]
    right, wrong = Mention(*at("Marcher", "MALWARE")), Mention(*at("Android", "OS"))
    assert trusted(rows, [[right, wrong]] * 8) == {"MALWARE": 1.0}
    assert trusted(rows[:4], [[right]] * 4) == {}


def test_a_sure_model_is_not_overruled():
    model = [
        Mention(*at("Marcher trojan", "Malware"), 0.6),
        Mention(*at("Android", "System"), 0.95),
    ]
    rest = [
        Mention(*at("Marcher", "MALWARE"), 0.9),
        Mention(*at("Android 7.0", "OS"), 0.9),
        Mention(*at("evil-site[.]com", "DOMAIN"), 0.9),
        Mention(*at("orders", "SOFTWARE"), 0.9),
    ]
    assert merged(model, rest, {"MALWARE", "OS", "DOMAIN"}) == [
        at("Marcher", "Malware"),
        at("Android", "System"),
        at("evil-site[.]com", "Indicator"),
    ]
    assert merged(model, rest, {}) == sorted(each[:3] for each in model)


def test_rows_are_read_by_part(tmp_path):
    entity = {"start": 4, "end": 11, "label": "MALWARE", "native": "Malware", "text": "Marcher"}
    rows = [
        {"id": f"cyner/{part}/0", "text": TEXT, "gold": {"entities": [entity]}}
        for part in ("train", "valid")
    ]
    file = tmp_path / "report.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert read(tmp_path, "valid") == [Sentence("cyner/valid/0", TEXT, ((4, 11, "Malware"),))]
    with pytest.raises(UnreadableError):
        read(tmp_path, "dev")
    with pytest.raises(UnreadableError):
        read(tmp_path / "nowhere", "train")
