"""The denoiser trained from end to end, small, and what is refused of its folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from random import Random

import numpy as np
import pytest

from decloak.core.errors import ModelFileError, SettingsError
from decloak.decode.denoiser import Denoiser
from decloak.decode.denoiser_folder import FILES, RECORD, open_denoiser
from decloak.training.denoise import DenoiseSettings, train_denoiser
from decloak.training.denoise_model import Shape
from decloak.training.denoise_words import broken, is_kept_back, source

TINY = DenoiseSettings(
    pairs=6400, batch=64, scored=100, shape=Shape(width=24, layers=1, heads=2, inner=48)
)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("denoiser")
    told: list[str] = []
    record = train_denoiser(folder, TINY, told.append)
    assert [line.partition(":")[0] for line in told] == ["step 50/100", "step 100/100"]
    first, last = (float(line.split("rebuilding ")[1].split(",")[0]) for line in told)
    assert last < first
    assert record["measured"]["names, clean"]["nearest"] > 0.9
    assert json.loads((folder / RECORD).read_text("utf-8")) == record
    return folder


@pytest.mark.slow
def test_graphs_give_what_shapes_promise_whatever_shares_a_batch(tiny: Path) -> None:
    denoiser = Denoiser(tiny)
    words = ["apache", "x", "", "n" * 99, "\ud800\x00", "op3nssh"]
    vectors = denoiser.encode(words)
    assert vectors.shape == (6, 24)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(denoiser.encode(["op3nssh"]), vectors[5:], atol=1e-5)
    assert np.array_equal(denoiser.encode(words), vectors)
    rebuilt = denoiser.rebuild(vectors)
    assert len(rebuilt) == 6
    assert all(0 <= each.confidence <= 1 and len(each.word) <= 32 for each in rebuilt)
    near = denoiser.nearest(vectors)
    assert near[0].word == "apache"
    assert all(each.margin >= 0 for each in near)
    assert denoiser.encode([]).shape == (0, 24)
    assert denoiser.rebuild(denoiser.encode([])) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", ["missing", "truncated", "changed"])
def test_a_damaged_file_is_refused_by_name(
    tiny: Path, tmp_path: Path, name: str, harm: str
) -> None:
    folder = shutil.copytree(tiny, tmp_path / "copy")
    data = (folder / name).read_bytes()
    if harm == "missing":
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(data[:-1] if harm == "truncated" else b"?" + data[1:])
    with pytest.raises(ModelFileError, match=name):
        open_denoiser(folder)


@pytest.mark.slow
@pytest.mark.parametrize("key", ["files", "shape", "blend", "alphabet"])
def test_a_record_without_a_part_is_refused(tiny: Path, tmp_path: Path, key: str) -> None:
    folder = shutil.copytree(tiny, tmp_path / "copy")
    record = json.loads((folder / RECORD).read_text("utf-8"))
    del record[key]
    (folder / RECORD).write_text(json.dumps(record), "utf-8")
    with pytest.raises(ModelFileError, match=RECORD):
        open_denoiser(folder)


def test_names_kept_back_are_in_no_pair() -> None:
    given = source()
    assert all(map(is_kept_back, given.kept_back))
    assert not {*given.names, *given.words} & {*given.kept_back}
    assert 0.03 < len(given.kept_back) / (len(given.names) + len(given.kept_back)) < 0.15


def test_pairs_repeat_with_their_seed_and_ask_for_the_word_itself() -> None:
    given = source()
    one, other = ([given.draw(rng) for _ in range(500)] for rng in (Random(3), Random(3)))
    assert one == other
    words = {*given.names, *given.words}
    assert all(right in words for _, right in one)
    assert 0.1 < sum(word == right for word, right in one) / len(one) < 0.6
    assert all(len(word) <= 32 and " " not in word for word, _ in one)
    assert broken("openssh", given, Random(1)) == broken("openssh", given, Random(1))


def test_nothing_to_train_on_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nothing to train on"):
        train_denoiser(tmp_path, DenoiseSettings(pairs=1))
