from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from decloak.core.errors import InputError
from decloak.perturb import Marked
from decloak.tag.scheme import spans_of
from decloak.training.arrays import batches, load_prepared, save_prepared
from decloak.training.encoder import load_base
from decloak.training.excerpts import Excerpt, Novelty, cut
from decloak.training.prepare import Recipe, prepare

Sentences = Callable[[int, int], list[Excerpt]]


@pytest.fixture(scope="module")
def recipe(tiny_encoder: Path, names: tuple[str, ...]) -> Recipe:
    return Recipe(str(tiny_encoder), names, pieces=64, variants=2)


def test_prepared_excerpts_hold_every_entity_of_every_variant(
    recipe: Recipe, sentences: Sentences
) -> None:
    prepared = prepare(sentences(1, 30), recipe)
    labels = prepared.about["labels"]
    assert len(prepared.clean) == 30
    for columns in (prepared.clean, *prepared.variants):
        assert len(columns) == 30
        for i in range(30):
            low, high = columns.offsets[i : i + 2]
            spans = list(spans_of(columns.labels[low:high].tolist(), labels))
            assert [name for _, _, name in spans] == ["DOMAIN", "PORT", "SOFTWARE"]


def test_aligned_words_have_the_same_label(recipe: Recipe, sentences: Sentences) -> None:
    prepared = prepare(sentences(2, 30), recipe)
    for columns in prepared.variants:
        assert len(columns.aligned) == len(prepared.clean.labels)
        for i in range(30):
            low, high = prepared.clean.offsets[i : i + 2]
            there = columns.offsets[i]
            for word in range(low, high):
                place = columns.aligned[word]
                if place >= 0:
                    assert columns.labels[there + place] == prepared.clean.labels[word]


def test_the_same_seed_gives_the_same_excerpts(recipe: Recipe, sentences: Sentences) -> None:
    one, other = (prepare(sentences(3, 8), recipe) for _ in range(2))
    for a, b in zip(one.variants, other.variants, strict=True):
        assert a.ids.tolist() == b.ids.tolist()


def test_processes_make_no_difference(recipe: Recipe, sentences: Sentences) -> None:
    alone = prepare(sentences(4, 12), recipe, jobs=1)
    together = prepare(sentences(4, 12), recipe, jobs=2)
    assert alone.variants[1].ids.tolist() == together.variants[1].ids.tolist()


def test_what_is_saved_is_what_is_loaded(
    recipe: Recipe, sentences: Sentences, tmp_path: Path
) -> None:
    prepared = prepare(sentences(5, 6), recipe)
    save_prepared(prepared, tmp_path / "a.npz")
    loaded = load_prepared(tmp_path / "a.npz")
    assert loaded.about == prepared.about
    assert loaded.variants[0].aligned.tolist() == prepared.variants[0].aligned.tolist()
    (tmp_path / "a.npz").write_bytes(b"PK\x03\x04 torn")
    with pytest.raises(InputError, match=r"a\.npz"):
        load_prepared(tmp_path / "a.npz")


def test_cutting_keeps_every_entity_whole(recipe: Recipe, sentences: Sentences) -> None:
    text, marks = "", []
    for excerpt in sentences(6, 40):
        marks += [
            m._replace(start=m.start + len(text), end=m.end + len(text)) for m in excerpt.marks
        ]
        text += excerpt.text
    encoder = load_base(recipe.encoder).encoder()
    parts = list(cut(Excerpt(text, tuple(marks), "toy"), encoder, 64))
    assert len(parts) > 10
    assert [m.value for part in parts for m in part.marks] == [m.value for m in marks]
    for part in parts:
        assert all(part.text[m.start : m.end] == m.value for m in part.marks)


def test_an_entity_longer_than_an_excerpt_stays_whole(recipe: Recipe) -> None:
    encoder = load_base(recipe.encoder).encoder()
    value = ".".join(["abc"] * 60)
    parts = list(cut(Excerpt(f"a {value} b", (Marked(2, 2 + len(value), "DOMAIN", value),), "toy"),
                     encoder, 32))  # fmt: skip
    assert sum(len(part.marks) for part in parts) == 1


def test_an_endless_entity_is_cut_in_all_columns_alike(recipe: Recipe) -> None:
    value = ".".join(["abc"] * 200)
    long = Excerpt(f"a {value} b", (Marked(2, 2 + len(value), "DOMAIN", value),), "toy")
    prepared = prepare([long, long], recipe)
    for columns in prepared.variants:
        assert len(columns.aligned) == len(prepared.clean.labels)
        ends = np.diff(columns.offsets).repeat(np.diff(prepared.clean.offsets))
        assert (columns.aligned < ends).all()


def test_words_that_nobody_labelled_are_unknown(recipe: Recipe) -> None:
    excerpt = Excerpt(
        "a b.example.org c", (Marked(2, 15, "DOMAIN", "b.example.org"),), "toy", ((15, 17),)
    )
    labels = prepare([excerpt], recipe).clean.labels.tolist()
    assert labels == [0, 1, 2, 2, 2, 2, 255]


def test_novelty_leaves_out_what_was_seen_often() -> None:
    novelty = Novelty(3)
    same = Excerpt("port 22 open", (Marked(5, 7, "PORT", "22"),), "toy")
    other = Excerpt("something else", (), "toy")
    assert [novelty.is_new(same) for _ in range(5)] == [True, True, True, False, False]
    assert novelty.is_new(other)


def test_batches_hold_every_excerpt_once_and_stay_small() -> None:
    rng = np.random.default_rng(0)
    lengths = rng.integers(1, 90, 500)
    made = list(batches(lengths, 512, rng.permutation(500)))
    assert sorted(int(i) for rows in made for i in rows) == list(range(500))
    assert all(len(rows) == 1 or len(rows) * (lengths[rows].max() + 2) <= 512 for rows in made)
