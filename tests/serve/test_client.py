"""The client against the real service: the same results as in this process, the same errors, and the way to them."""

import asyncio
import http.server
import subprocess
import sys
import threading

import pytest

import decloak
from decloak import Document, Failure
from decloak.client import (
    AccessError,
    AsyncClient,
    BusyError,
    Client,
    ReachError,
    RefusedError,
    ReplyError,
)
from decloak.core.errors import SettingsError

TEXT = "Beacon to hxxp://evil[.]example[.]org/a\u2028from 198[.]51[.]100[.]7\n22/tcp open ssh\n"
TEXTS = [TEXT, "", "a\r\nb \x85 \x0c 10.0.0.1", "\U0001f600 CVE-2021-44228"]


@pytest.fixture(scope="module")
def client(service):
    with Client(service.url) as made:
        yield made


def test_results_are_those_of_this_process(client):
    for text in TEXTS:
        for options in ({}, {"nested": True, "review": True}, {"labels": {"IP_ADDRESS"}}):
            assert client.extract(text, **options) == decloak.extract(text, tagger="off", **options)
    settings = decloak.Settings(min_confidence=0.9)
    assert client.extract(TEXT, settings) == decloak.extract(TEXT, tagger="off", min_confidence=0.9)


def test_many_come_in_order_over_several_requests(client):
    documents = [Document(str(number), TEXTS[number % 4]) for number in range(450)]
    found = list(client.extract_many(iter(documents)))
    assert [each.id for each in found] == [each.id for each in documents]
    assert {each.text for each in found} == set(TEXTS)
    assert list(client.extract_many([])) == []


def test_files_are_read_there_and_one_that_fails_costs_no_other(client, tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b").write_bytes(b"\x7fELF\x00\x01")
    first, second = client.extract_files([tmp_path / "a.txt", tmp_path / "b"])
    assert [each.value for each in first.entities][:2] == [
        "http://evil.example.org/a",
        "198.51.100.7",
    ]
    assert isinstance(second, Failure)
    assert second.error == "BinaryError"
    with pytest.raises(decloak.DecloakError, match="no such file"):
        list(client.extract_files([tmp_path / "missing"]))


def test_the_other_routes(client):
    assert client.export(TEXT, "values").split()[:2] == [
        "http://evil.example.org/a",
        "198.51.100.7",
    ]
    assert '"bundle"' in client.export(TEXT)
    decoded = client.decode(TEXT)
    assert "http://evil.example.org/a" in decoded.text
    assert {edit.family for edit in decoded.edits} == {"defang"}
    assert {each["status"] for each in client.explain(TEXT)["entities"]} >= {"accepted"}
    assert client.explain(TEXT, "1:20")["column"] == 20
    assert client.is_ready()


def test_errors_are_typed(client):
    with pytest.raises(SettingsError, match="labels"):
        client.extract("x", labels={"URLS"})
    with pytest.raises(AccessError, match=r"tagger\.model") as caught:
        client.extract("x", tagger_model="/nowhere")
    assert caught.value.status == 403
    with pytest.raises(RefusedError, match="longer"):
        client.extract("x" * (1 << 21))
    with pytest.raises(RefusedError) as caught:
        client.export("x", "image/png")
    assert (caught.value.status, caught.value.kind) == (406, "NotAcceptableError")
    with pytest.raises(ReachError), Client("http://127.0.0.1:9", retries=0) as none:
        none.extract("x")
    assert not Client("http://127.0.0.1:9").is_ready()


def test_the_asynchronous_one_does_the_same(service, tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)

    async def ask():
        async with AsyncClient(service.url) as client:
            assert await client.is_ready()
            found = await asyncio.gather(*(client.extract(text) for text in TEXTS))
            many = [each async for each in client.extract_many(Document("-", t) for t in TEXTS)]
            [file] = [each async for each in client.extract_files([tmp_path / "a.txt"])]
            assert file.entities == found[0].entities
            assert (await client.decode(TEXT)).edits
            assert (await client.explain(TEXT, at="1:20"))["column"] == 20
            assert "198.51.100.7" in await client.export(TEXT, "values")
            with pytest.raises(RefusedError):
                await client.export("x", "image/png")
            return found, many

    found, many = asyncio.run(ask())
    assert found == many == [decloak.extract(text, tagger="off") for text in TEXTS]


@pytest.fixture
def busy():
    """A server that says what it is told to, one answer after the other."""
    script, asked = [], []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.rfile.read(int(self.headers["content-length"])))
            status, headers, body = script.pop(0)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", script, asked
        server.shutdown()
        thread.join()


def test_it_asks_again_where_the_service_is_busy(busy):
    url, script, asked = busy
    wait = {"retry-after": "1"}
    said = b'{"error": {"type": "BusyError", "message": "ask again later"}}'
    done = b'{"results": [{"id": "-", "text": "a", "edits": [], "warnings": []}]}'
    script += [(429, wait, said), (503, {}, said), (200, {}, done)]
    with Client(url) as client:
        assert client.decode("a").text == "a"
        assert len(asked) == 3
        assert asked[0] == asked[1] == asked[2]
    script += [(429, {}, said)] * 2
    with Client(url, retries=1) as client, pytest.raises(BusyError, match="ask again later"):
        client.decode("a")


def test_what_is_no_service_is_said_to_be_none(busy):
    url, script, _ = busy
    script += [(200, {}, b"<html>"), (502, {}, b"<html>"), (200, {}, b"{}\n"), (200, {}, b'{"id"')]
    with Client(url, retries=0) as client:
        for _ in range(2):
            with pytest.raises(ReplyError):
                client.decode("a")
        with pytest.raises(ReplyError):
            client.extract("a")
        with pytest.raises(ReachError, match="broke off"):
            client.extract("a")


def test_nothing_of_it_is_loaded_before_it_is_needed():
    code = "import sys, decloak.client; print(*{'httpx', 'fastapi', 'anyio'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
