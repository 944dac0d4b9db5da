from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from decloak.core.errors import InputError, ResourceError
from decloak.training import run, trainer, whole
from decloak.training.arrays import Prepared
from decloak.training.excerpts import Excerpt
from decloak.training.prepare import Recipe, prepare
from decloak.training.search import search_dropout
from decloak.training.settings import Losses, Masking, TrainSettings

Sentences = Callable[[int, int], list[Excerpt]]
LOSSES = Losses(adversarial=1.0, consistency=0.5, worst_of=2)


@pytest.fixture(scope="module")
def sets(
    tiny_encoder: Path, sentences: Sentences, names: tuple[str, ...]
) -> tuple[Prepared, Prepared]:
    recipe = Recipe(str(tiny_encoder), names, pieces=64, variants=2)
    return prepare(sentences(1, 160), recipe), prepare(sentences(2, 30), recipe)


def settings_for(encoder: Path, **changes: object) -> TrainSettings:
    return TrainSettings.model_validate(
        {
            "encoder": str(encoder), "learning_rate": 2e-3, "head_factor": 2, "epochs": 6,
            "batch_pieces": 1024, "evaluate_every": 12, "losses": LOSSES,
            "masking": Masking(share=0.05, every=5), **changes,
        }
    )  # fmt: skip


def log_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "log.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_tiny_model_learns_clean_and_disguised_text(
    tiny_encoder: Path, sets: tuple[Prepared, Prepared], tmp_path: Path
) -> None:
    seen = []
    run.train(
        settings_for(tiny_encoder, epochs=10), *sets, tmp_path, report=lambda p: seen.append(p.step)
    )
    model, about = run.load_trained(tmp_path / "model")
    assert about["validated"]["f1"]["clean"] > 0.9
    assert about["validated"]["f1"]["perturbed"] > 0.5
    assert seen
    rows = log_of(tmp_path)
    losses = [float(row["loss"]) for row in rows if row["loss"]]
    assert losses[-1] < losses[0] / 2
    assert 0 < float(next(row["masked"] for row in rows if row["masked"])) < 0.1
    assert model.crf.between.abs().sum() > 0


@pytest.mark.parametrize(
    "changes",
    [
        {"losses": Losses(), "masking": Masking()},
        {"losses": Losses(adversarial=1.0, fgm=0.5)},
        {"losses": Losses(crf=0.0, cross_entropy=1.0)},
        {"accumulate": 3},
    ],
)
def test_every_part_can_be_switched(
    changes: dict[str, object], tiny_encoder: Path, sets: tuple[Prepared, Prepared], tmp_path: Path
) -> None:
    run.train(settings_for(tiny_encoder, epochs=1, **changes), *sets, tmp_path)
    assert (tmp_path / "model" / "model.safetensors").exists()


def test_a_run_that_was_stopped_goes_on_to_the_same_losses(
    tiny_encoder: Path, sets: tuple[Prepared, Prepared], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    settings = settings_for(tiny_encoder, epochs=4)
    run.train(settings, *sets, tmp_path / "whole")

    class StoppedError(Exception):
        pass

    step = trainer.Trainer._step
    count = 0

    def stops(self: trainer.Trainer) -> None:
        nonlocal count
        count += 1
        if count == 20:
            raise StoppedError
        step(self)

    with monkeypatch.context() as patch:
        patch.setattr(trainer.Trainer, "_step", stops)
        with pytest.raises(StoppedError):
            run.train(settings, *sets, tmp_path / "parts")
    run.train(settings, *sets, tmp_path / "parts")
    assert log_of(tmp_path / "parts") == log_of(tmp_path / "whole")


def test_running_out_of_memory_saves_the_run_and_says_what_to_do(
    tiny_encoder: Path, sets: tuple[Prepared, Prepared], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def full(*_: object) -> None:
        raise torch.OutOfMemoryError

    monkeypatch.setattr(trainer.Trainer, "_backward", full)
    with pytest.raises(ResourceError, match="halve batch_pieces"):
        run.train(settings_for(tiny_encoder), *sets, tmp_path)
    assert list((tmp_path / "checkpoints").glob("step-*"))


def test_a_damaged_checkpoint_is_named(
    tiny_encoder: Path, sets: tuple[Prepared, Prepared], tmp_path: Path
) -> None:
    settings = settings_for(tiny_encoder, epochs=1)
    run.train(settings, *sets, tmp_path)
    newest = max((tmp_path / "checkpoints").glob("step-*"))
    (newest / "moments.safetensors").write_bytes(b"torn")
    with pytest.raises(InputError, match=r"moments\.safetensors"):
        run.train(settings, *sets, tmp_path)


def test_a_run_starts_from_the_weights_of_another(
    tiny_encoder: Path, sets: tuple[Prepared, Prepared], tmp_path: Path
) -> None:
    first = run.train(settings_for(tiny_encoder, epochs=0.2), *sets, tmp_path / "first")
    second = run.train(
        settings_for(tiny_encoder, epochs=0.1, learning_rate=1e-9),
        *sets,
        tmp_path / "second",
        start=tmp_path / "first" / "model",
    )
    for name, weight in first.state_dict().items():
        torch.testing.assert_close(second.state_dict()[name], weight, atol=1e-4, rtol=0)


def test_weights_of_another_encoder_are_refused(
    tiny_encoder: Path, sets: tuple[Prepared, Prepared], tmp_path: Path
) -> None:
    settings = settings_for(tiny_encoder, epochs=0.2)
    run.train(settings, *sets, tmp_path / "first")
    path = tmp_path / "first" / "model" / "model.safetensors"
    weights = run.load_weights(path)
    name = next(name for name in weights if name.endswith("word_embeddings.weight"))
    run.save_weights(path, weights | {name: weights[name][:50].clone()})
    with pytest.raises(InputError, match="another encoder"):
        run.train(settings, *sets, tmp_path / "second", start=tmp_path / "first" / "model")


def test_a_search_that_was_stopped_goes_on(
    tiny_encoder: Path, sets: tuple[Prepared, Prepared], tmp_path: Path
) -> None:
    settings = settings_for(tiny_encoder, epochs=0.2, masking=Masking(), losses=Losses())
    _, first = search_dropout(settings, *sets, tmp_path, trials=2)
    table = tmp_path / "trials.jsonl"
    table.write_text(table.read_text("utf-8") + '{"params": {"atten', "utf-8")  # killed as it wrote
    (tmp_path / "trial-2" / "checkpoints" / "step-0000001").mkdir(parents=True)  # and before that
    seen: set[int] = set()
    best, rows = search_dropout(
        settings, *sets, tmp_path, trials=3, report=lambda trial, _: seen.add(trial)
    )
    assert seen == {2}
    assert rows[:2] == first
    assert len({tuple(row[part] for part in best.model_dump()) for row in rows}) == 3
    again, same = search_dropout(settings, *sets, tmp_path, trials=3)
    assert (again, same) == (best, rows)


def test_training_takes_no_core_that_others_work_on(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.get_num_threads()
    try:
        monkeypatch.setattr(whole, "threads_wanted", lambda: 1)
        monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
        whole.few_threads()
        assert torch.get_num_threads() == 1
        monkeypatch.setenv("OMP_NUM_THREADS", "3")
        monkeypatch.setattr(whole, "threads_wanted", lambda: 2)
        whole.few_threads()
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)
