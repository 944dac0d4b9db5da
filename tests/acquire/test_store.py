import json
import os
import resource
import signal
import subprocess
import sys
import textwrap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.acquire.store import TOOLS, Run, RunStore, now, run_id
from decloak.core.errors import StoreError
from decloak.readers.run import from_line, to_line


def make(target="198.51.100.7", tool="nmap", **more):
    facts = {
        "version": "7.93", "profile": "services", "command": (tool, "-sV", target),
        "started": now(), "seconds": 0.25, "exit_status": 0, "outputs": {"stdout": b"Host is up"},
    }  # fmt: skip
    return Run(tool=tool, target=target, **(facts | more))


texts = st.text(st.characters(codec="utf-8"), max_size=20)
runs = st.builds(
    Run,
    tool=st.sampled_from(TOOLS),
    version=st.none() | texts,
    profile=texts,
    target=texts,
    command=st.lists(texts, min_size=1, max_size=4).map(tuple),
    started=st.just("2024-03-05T10:22:33.000+00:00"),
    seconds=st.floats(0, 1e6),
    exit_status=st.none() | st.integers(-64, 599),
    error=st.none() | texts,
    outputs=st.dictionaries(texts, st.binary(max_size=40) | texts.map(str.encode), max_size=3),
    truncated=st.lists(texts, max_size=2).map(tuple),
    meta=st.dictionaries(texts, texts, max_size=2),
)


@given(runs)
def test_a_run_is_read_as_it_was_written(run):
    line = to_line(run)
    assert line.count(b"\n") == 1
    assert from_line(line) == run


@given(st.binary(max_size=200))
def test_no_line_is_too_strange_for_an_error(line):
    with pytest.raises(StoreError):
        from_line(line)


def test_deep_and_wrong_lines_say_what_is_wrong():
    with pytest.raises(StoreError):
        from_line(b'{"id":' * 100_000)
    row = json.loads(to_line(make()))
    for key, value, said in (
        ("outputs", {"stdout": {"base64": "§"}}, "outputs.stdout"),
        ("outputs", {"stdout": {"text": "a", "base64": "b"}}, "outputs.stdout"),
        ("seconds", -1, "seconds"),
        ("id", "0" * 16, "id"),
        ("command", [], "command"),
        ("tool", "nikto", "nikto"),
        ("unknown", 1, "unknown"),
    ):
        with pytest.raises(StoreError, match=said):
            from_line(json.dumps(row | {key: value}).encode())


def test_the_id_is_what_was_agreed():
    # printf 'dig\0dig\0example.com\0A' | sha256sum
    import hashlib

    expected = hashlib.sha256(b"dig\0dig\0example.com\0A").hexdigest()[:16]
    assert run_id("dig", ("dig", "example.com", "A")) == expected


def test_what_is_appended_is_there(tmp_path):
    store = RunStore(tmp_path / "new" / "store")
    rows = [make("a.example"), make("b.example", "dig"), make("c.example", error="timed out")]
    for row in rows:
        store.append(row)
    assert list(store) == [rows[0], rows[2], rows[1]]
    assert store.ids("nmap") == {rows[0].id}
    assert [run.target for run in store.done("nmap")] == ["a.example"]
    assert not list(store.runs("whois"))


def test_a_failed_run_that_was_repeated_is_done(tmp_path):
    store = RunStore(tmp_path)
    store.append(make(error="no reply"))
    assert not store.ids("nmap")
    store.append(make())
    store.append(make())
    assert store.ids("nmap") == {make().id}
    assert len(list(store.done("nmap"))) == 1
    assert len(list(store.runs("nmap"))) == 3


@pytest.mark.parametrize("cut", [1, 2, 30, 200])
def test_a_torn_last_line_is_dropped_and_then_cut_off(tmp_path, cut):
    store = RunStore(tmp_path)
    store.append(make("a.example"))
    store.append(make("b.example"))
    path = store.path("nmap")
    path.write_bytes(path.read_bytes()[:-cut])
    assert [run.target for run in store.runs("nmap")] == ["a.example"]
    torn = path.read_bytes()
    list(store.runs("nmap"))
    assert path.read_bytes() == torn  # reading changes nothing: another process may be writing
    store.append(make("c.example"))
    assert [run.target for run in store.runs("nmap")] == ["a.example", "c.example"]


def test_a_file_that_is_one_torn_line_starts_again(tmp_path):
    store = RunStore(tmp_path)
    store.path("nmap").write_bytes(b"x" * 200_000)
    assert not list(store.runs("nmap"))
    store.append(make())
    assert list(store.runs("nmap")) == [make(started=next(store.runs("nmap")).started)]


def test_a_damaged_line_in_the_middle_is_named(tmp_path):
    store = RunStore(tmp_path)
    store.append(make("a.example"))
    path = store.path("nmap")
    path.write_bytes(path.read_bytes() + b'{"id": 1}\n' + path.read_bytes())
    with pytest.raises(StoreError, match=r"nmap\.jsonl:2: damaged line"):
        list(store.runs("nmap"))


def test_a_name_that_leads_elsewhere_is_refused(tmp_path):
    with pytest.raises(StoreError, match="known"):
        RunStore(tmp_path).path("../nmap")


def test_a_full_disk_leaves_what_was_there(tmp_path):
    store = RunStore(tmp_path)
    store.append(make("a.example"))
    before = store.path("nmap").read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, hard))
    try:
        with pytest.raises(StoreError, match="file too large; the runs stored before are intact"):
            store.append(make("b.example", outputs={"stdout": b"x" * 5000}))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert store.path("nmap").read_bytes() == before
    store.append(make("b.example"))
    assert [run.target for run in store] == ["a.example", "b.example"]


def test_a_device_without_space_is_an_error(tmp_path):
    store = RunStore(tmp_path)
    store.path("nmap").symlink_to("/dev/full")
    with pytest.raises(StoreError, match="no space left on device"):
        store.append(make())
    with pytest.raises(StoreError, match="not a regular file"):
        store.ids("nmap")


def test_a_folder_that_is_a_file_is_an_error(tmp_path):
    (tmp_path / "store").write_text("")
    with pytest.raises(StoreError):
        RunStore(tmp_path / "store").append(make())


def test_a_writer_that_is_killed_loses_no_finished_run(tmp_path):
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from decloak.acquire.store import Run, RunStore, now
        store = RunStore(Path(sys.argv[1]))
        for i in range(1_000_000):
            store.append(Run(tool="dig", version="9", profile="default", target=str(i),
                             command=("dig", str(i)), started=now(), seconds=0.0,
                             outputs={"stdout": bytes(range(256)) * 400}))
            print(i, flush=True)
    """)
    writer = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    seen = -1
    begun = time.monotonic()
    while seen < 20 and time.monotonic() - begun < 30:
        seen = int(writer.stdout.readline())
    os.kill(writer.pid, signal.SIGKILL)
    told = [seen, *map(int, writer.stdout.read().split())]
    writer.stdout.close()
    writer.wait()
    store = RunStore(tmp_path)
    kept = [int(run.target) for run in store.runs("dig")]
    assert kept[: told[-1] + 1] == list(range(told[-1] + 1))
    assert len(kept) <= told[-1] + 2  # one more may be whole, and not yet told
    store.append(make("after.example", "dig"))
    assert [run.target for run in store.runs("dig")][-1] == "after.example"
