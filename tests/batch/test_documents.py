"""`Pipeline.batch` gives what `run_many` gives, from several processes, and holds no more than is under way."""

from __future__ import annotations

import subprocess
import sys

import pytest

import decloak
from decloak.core.errors import SettingsError
from decloak.core.processes import process_map
from decloak.core.result import Failure


def test_it_gives_what_one_process_gives(kit):
    pipeline = decloak.Pipeline(decloak.Settings(tagger="off"))
    documents = [decloak.Document(str(n), kit.text_of(n)) for n in range(150)]
    documents[70] = Failure("70", "UnreadableError", "no")
    alone = list(pipeline.run_many(documents))
    assert list(pipeline.batch(documents, jobs=2)) == alone
    loose = pipeline.batch(iter(documents), jobs=2, ordered=False)
    assert sorted(loose, key=lambda each: int(each.id)) == alone


@pytest.mark.parametrize("ordered", [True, False])
def test_no_more_is_taken_than_is_under_way(ordered):
    taken = []

    def items():
        for n in range(200):
            taken.append(n)
            yield n

    results = process_map(str, items(), 2, ordered=ordered)
    for done, _ in enumerate(results, 1):
        assert len(taken) <= done + 2 * 4
    assert len(taken) == 200


def test_a_document_that_kills_its_worker_is_a_failure(tmp_path, bewitched):
    script = tmp_path / "decloak_script.py"
    script.write_text(
        "import decloak\n"
        "if __name__ == '__main__':\n"
        "    texts = ['192.0.2.1', 'KILL', '192.0.2.2']\n"
        "    documents = [decloak.Document(str(n), text) for n, text in enumerate(texts)]\n"
        "    pipeline = decloak.Pipeline(decloak.Settings(tagger='off'))\n"
        "    for each in pipeline.batch(documents, jobs=2):\n"
        "        print(each.id, type(each).__name__)\n"
    )
    done = subprocess.run(
        [sys.executable, script], env=bewitched, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["0 Result", "1 Failure", "2 Result"], done.stderr


def test_a_language_model_is_asked_in_one_process():
    from decloak.llm.scripted import Scripted

    pipeline = decloak.Pipeline(model=Scripted())
    with pytest.raises(SettingsError, match="run_many"):
        next(pipeline.batch([]))
