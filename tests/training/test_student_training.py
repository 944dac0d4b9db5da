"""A tiny student from end to end: lessons, training, eight bits, and the product with it."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch

from decloak import Pipeline
from decloak.core.document import Document
from decloak.core.errors import InputError
from decloak.options import Settings
from decloak.tag.model_folder import open_folder
from decloak.tag.neural import Tagger, encoder_of
from decloak.tag.places import SHIPPED
from decloak.tag.student import network as whole_numbers
from decloak.tag.student.spelling import Spelling, Word
from decloak.training.student.batches import Mixing, Pupil, Target, targets
from decloak.training.student.learn import StudentSettings, learn, measure
from decloak.training.student.lessons import read_lessons, teach
from decloak.training.student.network import StudentNetwork
from decloak.training.student.pack import arrays_of
from decloak.training.student.reports import attack, galaxies
from decloak.training.student.whole import StudentPlan, train_student
from decloak.training.threats import bodies

LABELS = open_folder(SHIPPED).crf.labels
NAMES = {"MALWARE": ("Blorp", "Zed Loader"), "THREAT_ACTOR": ("UNC9",), "ORGANIZATION": ("ACME",)}
SMALL = StudentSettings(width=16, epochs=2, batch_words=400, dropout=0.0)


@pytest.fixture(scope="module")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lessons")
    teach(bodies(1, 60), Tagger(SHIPPED), folder)
    return folder


@pytest.fixture(scope="module")
def given(lessons: Path) -> list[Target]:
    return list(targets(read_lessons(lessons), LABELS, NAMES))


def pupil() -> Pupil:
    return Pupil(Spelling(encoder_of(open_folder(SHIPPED))), LABELS, 2)


def student() -> StudentNetwork:
    torch.manual_seed(0)
    pieces = open_folder(SHIPPED).read("tokenizer.json")
    count = len(json.loads(pieces)["model"]["vocab"])
    return StudentNetwork(count, len(LABELS), SMALL.width, SMALL.dilations, 0.0)


def test_lessons_hold_what_is_known_and_what_the_teacher_says(given: list[Target]) -> None:
    for target in given:
        np.testing.assert_allclose(target.shares.sum(1), 1, atol=2e-3)
        best = np.take_along_axis(target.ranks, target.shares.argmax(1)[:, None], 1)[:, 0]
        known = target.gold != 255
        assert (best[known] == target.gold[known]).all()
    assert any(target.spans for target in given)


def test_lessons_that_are_there_are_not_made_again(lessons: Path) -> None:
    (path,) = lessons.glob("lessons-*.npz")
    before = path.stat().st_mtime_ns
    teach(bodies(1, 60), Tagger(SHIPPED), lessons)
    assert path.stat().st_mtime_ns == before


def test_damaged_lessons_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no lessons"):
        list(read_lessons(tmp_path))
    (tmp_path / "lessons-00000.npz").write_bytes(b"PK")
    with pytest.raises(InputError, match="lessons-00000"):
        list(read_lessons(tmp_path))


def test_names_are_replaced_with_their_labels(given: list[Target]) -> None:
    made = pupil()
    mixing = Mixing(1.0, 0.0, {"THREAT_ACTOR": ("Blorp Zed",)})
    target = next(t for t in given if any(span[2] == "THREAT_ACTOR" for span in t.spans))
    batch = made.batch([target], mixing, Random(1))
    best = batch.ranks.gather(1, batch.shares.argmax(1, keepdim=True))[:, 0][~batch.boundary]
    begins = LABELS.index("B-THREAT_ACTOR")
    places = [place for place, label in enumerate(best.tolist()) if label == begins]
    assert len(places) == sum(span[2] == "THREAT_ACTOR" for span in target.spans)
    for place in places:
        assert best[place + 1] == begins + 1


def test_numpy_says_what_torch_says_and_nothing_of_a_batch(
    given: list[Target], tmp_path: Path
) -> None:
    network = student()
    learn(network, pupil(), given, SMALL, NAMES, tmp_path)
    arrays = arrays_of(network)
    for name, bag in (("pieces", network.pieces), ("parts", network.parts)):
        rounded = arrays[f"{name}.weight"] * arrays[f"{name}.step"][:, None]
        bag.weight.data[:] = torch.from_numpy(rounded)
    looks = arrays["looks.weight"] * arrays["looks.step"]
    network.looks.weight.data[:] = torch.from_numpy(looks.T)
    batch = pupil().batch(given[:8], None, Random(0))
    with torch.no_grad():
        want = network(batch.words, batch.ids, batch.boundary).numpy()
    weights = whole_numbers.weights_of(arrays)
    spelling = Spelling(encoder_of(open_folder(SHIPPED)))
    words: list[Word] = []
    ids = np.zeros(len(batch.ids), np.int64)
    place = whole_numbers.boundary_of(weights)
    streams = []
    for target in given[:8]:
        bits = _names(target)
        first = place
        for rank, token in enumerate(target.tokens):
            words.append(spelling.word(token, bits.get(rank, 0)))
            ids[place] = len(words)
            place += 1
        streams.append((first, place))
        place += whole_numbers.boundary_of(weights)
    table = np.concatenate([np.zeros((1, 5 * SMALL.width), np.float32),
                            whole_numbers.projected(weights, words)])  # fmt: skip
    got = whole_numbers.emissions(weights, table, ids, np.flatnonzero(ids == 0))
    inside = ids > 0
    # Steps of eight bits may fall on the other side of a half now and then, no more.
    assert np.median(np.abs(got[inside] - want[inside])) < 1e-3
    assert (got[inside].argmax(1) == want[inside].argmax(1)).mean() > 0.98
    gap = whole_numbers.boundary_of(weights)
    for first, stop in streams:
        alone = ids[first - gap : stop + gap]
        single = whole_numbers.emissions(weights, table, alone, np.flatnonzero(alone == 0))
        np.testing.assert_array_equal(single[gap:-gap], got[first:stop])
    for row, word in enumerate(words[:20], 1):
        np.testing.assert_array_equal(whole_numbers.projected(weights, [word])[0], table[row])


def _names(target: Target) -> dict[int, int]:
    from decloak.tag.features import name_bits

    return name_bits([t.lstrip().casefold() for t in target.tokens], range(len(target.tokens)))


def test_a_run_that_was_stopped_goes_on_to_the_same_weights(
    given: list[Target], tmp_path: Path
) -> None:
    whole, halves = student(), student()
    learn(whole, pupil(), given, SMALL, NAMES, tmp_path / "whole")

    class Stop(Exception):  # noqa: N818 - no error
        pass

    def stop(_: object) -> None:
        if (tmp_path / "halves" / "epoch.safetensors").exists():
            raise Stop

    with pytest.raises(Stop):
        learn(halves, pupil(), given, SMALL, NAMES, tmp_path / "halves", stop)
    again = student()
    learn(again, pupil(), given, SMALL, NAMES, tmp_path / "halves")
    for name, weight in whole.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name], weight, atol=1e-4, rtol=1e-3)


def test_reports_are_marked_where_they_link_and_named() -> None:
    for source, labels in (
        (attack, {"MALWARE", "SOFTWARE", "THREAT_ACTOR"}),
        (galaxies, {"MALWARE"}),
    ):
        found = list(islice(source(), 3000))
        assert all(each.text[m.start : m.end] == m.value for each in found for m in each.marks)
        assert {m.label for each in found for m in each.marks} >= labels
        assert not any("(Citation" in each.text or "](http" in each.text for each in found)


@pytest.mark.slow
def test_a_student_from_texts_to_product(tmp_path: Path) -> None:
    plan = StudentPlan(tmp_path, most=60)
    settings = StudentSettings(width=32, epochs=3, batch_words=800)
    record = train_student(plan, settings)
    assert record["settings"]["width"] == 32
    assert record["bytes"] < 3_000_000
    document = Document("-", "Emotet was dropped by the group APT28, said Kaspersky.\n" * 3)
    result = Pipeline(Settings(tagger="auto", model=str(tmp_path / "model"))).run(document)
    assert all(document.text[e.start : e.end] == e.text for e in result.entities)
    told: list[str] = []
    train_student(plan, settings, told=told.append)
    assert told == ["training", "calibrating"]


def test_measuring_counts_spans_of_each_group(given: list[Target]) -> None:
    counts = measure(student(), pupil(), given, LABELS)
    assert set(counts) == {"threats"}
    assert counts["threats"].missed + counts["threats"].hit > 50
