"""The face of the library: what wrong arguments are told, what is kept, and who may share it."""

from __future__ import annotations

import multiprocessing
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import decloak
from decloak import api
from decloak.core.errors import ArgumentError, SettingsError

TEXTS = [
    f"Nmap scan report for h{n}.example.com (192.0.2.{n})\nHost is up (0.{n}s latency).\n"
    f"22/tcp open  ssh     OpenSSH 8.{n}p1 Debian 5\nbeacon{n} to evil[.]host{n}[.]example, 0penSSH, "
    f"g\u043e\u043egle.com and user[at]example{n}[dot]org; APT{n} used Emotet against Example Corp {n}.\n"
    for n in range(24)
]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"192.0.2.1", "bytes, not str: decode it"),
        (None, "None, not str"),
        (7, "int, not str"),
        (Path("x"), "not str"),
        (["a"], "list, not str"),
    ],
)
def test_what_is_no_text_is_refused_in_words(text, told):
    with pytest.raises(ArgumentError, match=told):
        decloak.extract(text)
    with pytest.raises(TypeError, match=told):
        decloak.Document("x", text)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"labels": "CVE"}, "write labels={'CVE'}"),
        ({"label": {"CVE"}}, "did you mean"),
        ({"labels": ["CVF"]}, "CVF"),
        ({"labels": [3]}, "labels"),
        ({"labels": 3}, "labels"),
        (
            {"min_confidence": 3},
            "output.min_confidence: 3 is not allowed; allowed: a number from 0",
        ),
        ({"nested": "perhaps"}, "output.nested: 'perhaps'"),
        ({"strategy": "magic"}, "consensus"),
        ({"xyzzy": 1}, "unknown option 'xyzzy'; known: "),
    ],
)
def test_a_wrong_option_is_refused_in_words(options, told):
    with pytest.raises(SettingsError) as caught:
        decloak.extract("x", **options)
    assert told in str(caught.value)
    assert "pydantic" not in str(caught.value)


def test_a_pipeline_takes_settings_and_documents_only():
    with pytest.raises(ArgumentError, match=r"Pipeline\(Settings"):
        decloak.Pipeline({"nested": True})
    with pytest.raises(ArgumentError, match=r"decloak\.extract\(text\)"):
        decloak.Pipeline().run("192.0.2.1")
    with pytest.raises(SettingsError, match="not both"):
        decloak.extract("x", decloak.Settings(), nested=True)


def test_what_is_no_document_is_a_failure_and_the_rest_goes_on():
    documents = [
        decloak.Document("a", "192.0.2.1"),
        "text",
        None,
        decloak.Document("b", "192.0.2.2"),
    ]
    first, *failed, last = decloak.Pipeline().run_many(documents)
    assert [each.entities[0].value for each in (first, last)] == ["192.0.2.1", "192.0.2.2"]
    assert [(each.id, each.error) for each in failed] == [
        ("document 2", "ArgumentError"),
        ("document 3", "ArgumentError"),
    ]


def test_the_default_pipeline_is_kept():
    decloak.extract("x")
    assert api._pipeline(decloak.Settings()) is api._pipeline(decloak.Settings())
    assert decloak.extract("x", decloak.Settings(nested=True)).text == "x"


def _told(outcomes):
    return [outcome.to_json(review=True) for outcome in outcomes]


def _alone(settings):
    return _told(decloak.Pipeline(settings).run(decloak.Document("-", text)) for text in TEXTS)


@pytest.mark.parametrize(
    "settings", [{}, {"neural": True, "review": True}], ids=["plain", "models"]
)
def test_threads_together_give_what_one_gives(settings):
    settings = decloak.Settings(**settings)
    alone = _alone(settings)
    pipeline = decloak.Pipeline(settings)
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: pipeline.run(decloak.Document("-", text)), TEXTS * 3))
    assert _told(together) == alone * 3
    assert len(set(alone)) == len(TEXTS)


def test_a_pipeline_survives_pickling():
    settings = decloak.Settings(review=True, tagger="always")
    pipeline = decloak.Pipeline(settings)
    documents = [decloak.Document("-", text) for text in TEXTS[:4]]
    told = _told(pipeline.run_many(documents))  # everything that is loaded late is there now
    again = pickle.loads(pickle.dumps(pipeline))
    assert again.settings == settings
    assert _told(again.run_many(documents)) == told


def test_a_pipeline_goes_to_another_process():
    pipeline = decloak.Pipeline()
    document = decloak.Document("-", TEXTS[1])
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        [there] = pool.map(pipeline.run, [document])
    assert there == pipeline.run(document)


PROGRAM = """
import decloak

settings = decloak.Settings(nested=True, min_confidence=0.5)
result: decloak.Result = decloak.extract("192.0.2.1", settings)
again = decloak.extract("192.0.2.1", labels=["CVE"])
values: list[str] = [entity.value for entity in result.entities if entity.status == "accepted"]
for record in result.records:
    if isinstance(record, decloak.Host):
        ports: list[str] = [port.number.value for port in record.ports if port.number is not None]
for outcome in decloak.Pipeline(settings).run_many([decloak.Document("a", "x")]):
    if isinstance(outcome, decloak.Failure):
        print(outcome.message)
    else:
        print(outcome.to_json(), outcome.to_dict()["id"], outcome.to_csv())
"""
WRONG = """
import decloak

decloak.extract(b"192.0.2.1")
decloak.extract("x").entities[0].wert
decloak.Pipeline("x")
decloak.extract("x").records[0].kind + 1
"""


@pytest.mark.slow
def test_a_users_program_is_checked_by_its_types(tmp_path, request):
    pytest.importorskip("mypy")
    (tmp_path / "right.py").write_text(PROGRAM)
    (tmp_path / "wrong.py").write_text(WRONG)
    # What mypy knows of the libraries is kept from run to run.
    cache = request.config.cache.mkdir("mypy")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--follow-imports=silent",
            "--cache-dir",
            cache,
            "right.py",
            "wrong.py",
        ],
        cwd=tmp_path,
        env={"MYPYPATH": str(Path(decloak.__file__).parents[1]), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    found = [line.partition(": error:")[0] for line in done.stdout.splitlines() if "error:" in line]
    assert found == [f"wrong.py:{line}" for line in (4, 5, 6, 7)], done.stdout + done.stderr
