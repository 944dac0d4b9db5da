"""A model takes idle cores only, and at least one."""

import os

import pytest

from decloak.core import threads


@pytest.fixture
def machine(monkeypatch):
    def set_up(cores, usable, load, quota="max 100000", told=None, tmp_path=None):
        monkeypatch.setattr(os, "cpu_count", lambda: cores)
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(usable)), raising=False)
        monkeypatch.setattr(os, "getloadavg", lambda: (load, 0.0, 0.0), raising=False)
        place = tmp_path / "cpu.max"
        place.write_text(quota)
        monkeypatch.setattr(threads, "_QUOTA", place)
        monkeypatch.delenv(threads.VARIABLE, raising=False)
        if told is not None:
            monkeypatch.setenv(threads.VARIABLE, told)
        return threads.threads_wanted()

    return set_up


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ((2, 2, 0.1, "max 100000", None), 2),
        ((2, 2, 1.0, "max 100000", None), 1),
        ((2, 2, 9.0, "max 100000", None), 1),
        ((64, 64, 32.0, "max 100000", None), 32),
        ((64, 4, 32.0, "max 100000", None), 2),  # what runs elsewhere takes its share here
        ((64, 64, 0.0, "300000 100000", None), 3),
        ((64, 64, 0.0, "10000 100000", None), 1),
        ((64, 64, 0.0, "broken", None), 64),
        ((2, 2, 9.0, "max 100000", "6"), 6),
        ((2, 2, 9.0, "max 100000", "999999999999999999"), 256),
        ((2, 2, 9.0, "max 100000", "0"), 1),
        ((2, 2, 9.0, "max 100000", "\u0664"), 1),
        ((2, 2, 9.0, "max 100000", "all"), 1),
    ],
)
def test_threads_are_the_idle_cores(machine, tmp_path, given, wanted):
    assert machine(*given, tmp_path=tmp_path) == wanted


def test_without_a_load_or_an_affinity_it_is_one_per_core(machine, monkeypatch, tmp_path):
    machine(3, 3, 2.0, tmp_path=tmp_path)
    monkeypatch.delattr(os, "getloadavg", raising=False)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert threads.threads_wanted() == 3


def test_both_models_in_this_process_take_them(machine, tmp_path, tiny_model):
    from decloak.llm.gguf import GgufModel
    from decloak.tag.model_folder import open_folder
    from decloak.tag.session import Session

    machine(4, 4, 1.0, tmp_path=tmp_path)
    path = tmp_path / "m.gguf"
    path.write_bytes(b"GGUF")
    assert GgufModel(path)._threads == Session(open_folder(tiny_model)).threads == 3
    assert GgufModel(path, threads=7)._threads == Session(open_folder(tiny_model), 7).threads == 7
