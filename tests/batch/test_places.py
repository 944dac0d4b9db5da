"""Runs read stores of runs, Parquet, and objects by URI, and see when those change."""

from __future__ import annotations

import gzip
import json
import socket

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from decloak.core.errors import InputError
from decloak.readers.run import Run, to_line


def row_ids(kit, out):
    return [row["id"] for row in kit.rows_of(out)]


def test_stores_of_runs_are_read_run_by_run(kit, tmp_path):
    store = tmp_path / "runs"
    store.mkdir()
    runs = [
        Run(
            tool="whois", version="5.5", profile="default", target=f"d{n}.example",
            command=("whois", f"d{n}.example"), started="2024-01-01T00:00:00.000+00:00", seconds=1.0,
            exit_status=0, outputs={"stdout": f"Domain Name: d{n}.example\n".encode(), "stderr": b"x"},
        )
        for n in range(60)
    ]  # fmt: skip
    (store / "whois.jsonl").write_bytes(b"".join(map(to_line, runs)) + b'{"id": "torn')
    event = kit.start([store], tmp_path / "out")
    assert row_ids(kit, tmp_path / "out") == [f"whois/{run.id}/stdout" for run in runs]
    assert event.now.shards > 2
    assert event.now.failures == 0


def test_parquet_is_read_row_by_row(kit, tmp_path):
    texts = [kit.text_of(n) for n in range(100)]
    table = pa.table({"text": [*texts, None], "id": [*(f"r{n}" for n in range(99)), None, None]})
    pq.write_table(table, tmp_path / "in.parquet", row_group_size=7)
    pq.write_table(pa.table({"body": ["192.0.2.1"]}), tmp_path / "other.parquet")
    (tmp_path / "no.parquet").write_text("no")
    paths = [tmp_path / name for name in ("in.parquet", "other.parquet", "no.parquet")]
    event = kit.start(paths, tmp_path / "out")
    ids = row_ids(kit, tmp_path / "out")
    assert ids[:99] == [f"r{n}" for n in range(99)]
    assert ids[99:101] == [f"{paths[0]}:100", f"{paths[0]}:101"]
    assert event.now.shards > 2
    assert event.now.failures == 3
    lines = tmp_path / "same.jsonl"
    lines.write_text(
        "".join(json.dumps({"id": f"r{n}", "text": texts[n]}) + "\n" for n in range(99))
    )
    kit.start([lines], tmp_path / "same")
    assert kit.rows_of(tmp_path / "same") == kit.rows_of(tmp_path / "out")[:99]


@pytest.fixture
def memory(kit):
    system = fsspec.filesystem("memory")
    for n in range(30):
        system.pipe(f"/batch/{n % 3}/{n:02}.txt", kit.text_of(n).encode())
    system.pipe("/batch/packed.txt.gz", gzip.compress(b"192.0.2.99"))
    system.pipe("/batch/rows.jsonl", b"".join(b'{"text": "192.0.2.%d"}\n' % n for n in range(250)))
    yield system
    system.rm("/batch", recursive=True)


def test_objects_by_uri_are_read_like_files(kit, tmp_path, memory):
    for name in memory.find("/batch"):
        path = tmp_path / "copy" / name.removeprefix("/batch/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(memory.cat(name))
    kit.start(["memory://batch"], tmp_path / "objects")
    kit.start([f"file://{tmp_path}/copy"], tmp_path / "files")
    base = {"objects": "memory:///batch/", "files": f"file://{tmp_path}/copy/"}
    found = {
        name: sorted(
            (row["id"].removeprefix(start), str(row["entities"]))
            for row in kit.rows_of(tmp_path / name)
        )
        for name, start in base.items()
    }
    assert found["objects"] == found["files"]
    assert len(found["files"]) == 281
    event = kit.start(["memory://batch/*/0*.txt", "memory://none"], tmp_path / "some")
    assert (event.now.documents, event.now.failures) == (10, 1)


def test_an_object_that_changed_is_seen(kit, tmp_path, memory):
    def spoil(event):
        if event.report is None:
            memory.pipe("/batch/0/03.txt", b"another")

    event = kit.start(["memory://batch/0"], tmp_path / "out", told=spoil)
    assert event.now.failures == 1
    with pytest.raises(InputError, match=r"memory:///batch/0/03[.]txt"):
        kit.start([], tmp_path / "out", resume=True)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the client and the server
def test_s3_by_a_server_that_speaks_it(kit, tmp_path, monkeypatch):
    pytest.importorskip("s3fs")
    servers = pytest.importorskip("moto.server")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = servers.ThreadedMotoServer(ip_address="127.0.0.1", port=port)
    server.start()
    try:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        system = fsspec.filesystem("s3", skip_instance_cache=True)
        system.mkdir("bucket")
        for n in range(20):
            system.pipe(f"bucket/in/{n:02}.txt", kit.text_of(n).encode())
        event = kit.start(["s3://bucket/in"], tmp_path / "out", engine="local", jobs=2)
        assert (event.now.documents, event.now.failures) == (20, 0)
        assert row_ids(kit, tmp_path / "out") == [f"s3://bucket/in/{n:02}.txt" for n in range(20)]
    finally:
        server.stop()
