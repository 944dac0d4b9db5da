"""The service: every format and content type, its errors in one form, limits, tokens, faults, and its end."""

import asyncio
import concurrent.futures
import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time

import httpx
import pytest
from jsonschema import Draft202012Validator

TEXT = "Beacon to hxxp://evil[.]example[.]org/a from 198[.]51[.]100[.]7"
VALUES = ["http://evil.example.org/a", "198.51.100.7"]


def values(result):
    return [each["value"] for each in result["entities"]]


def error(answer):
    body = answer.json()
    assert set(body) == {"error"}
    return body["error"]["type"], body["error"]["message"]


def test_a_text_is_answered_as_the_command_line_does(service):
    answer = service.client.post("/v1/extract", json={"text": TEXT, "id": "one"})
    assert answer.status_code == 200
    (result,) = answer.json()["results"]
    assert (result["id"], values(result)) == ("one", VALUES)
    schema = service.client.get("/v1/schema").json()
    Draft202012Validator(schema).validate(result)


def test_plain_text_a_list_and_files_are_the_same(service):
    plain = service.client.post(
        "/v1/extract?id=p", content=TEXT, headers={"content-type": "text/plain"}
    )
    documents = [{"id": "a", "text": TEXT}, {"id": "b", "text": TEXT}]
    many = service.client.post("/v1/extract", json={"documents": documents})
    files = [("file", ("a.txt", TEXT.encode())), ("file", ("b.txt", TEXT.encode()))]
    sent = service.client.post("/v1/extract", files=files)
    assert [values(each) for each in plain.json()["results"]] == [VALUES]
    for answer, names in ((many, ["a", "b"]), (sent, ["a.txt", "b.txt"])):
        assert [each["id"] for each in answer.json()["results"]] == names
        assert [values(each) for each in answer.json()["results"]] == [VALUES, VALUES]


def test_options_are_those_of_the_library_and_some_are_not_for_requests(service):
    asked = {"text": TEXT, "options": {"output": {"labels": ["URL"]}}}
    assert values(service.client.post("/v1/extract", json=asked).json()["results"][0]) == VALUES[:1]
    for options, status, words in (
        ({"output": {"labels": ["URLS"]}}, 422, "URL"),
        ({"output": {"lables": []}}, 422, "lables"),
        ({"tagger": {"model": "/etc"}}, 403, "tagger.model"),
        ({"llm": {"uri": "openai:m@http://elsewhere"}}, 403, "llm.uri"),
        ({"output": 3}, 422, "output"),
        ({"reading": {"reader": "nosuch"}}, 422, "reader"),
        ({"reading": {"source": "nosuch"}}, 422, "source"),
        ({"reading": {"encoding": "nosuch"}}, 422, "encoding"),
    ):
        answer = service.client.post("/v1/extract", json={"text": "x", "options": options})
        assert answer.status_code == status, answer.text
        assert words in error(answer)[1]


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("application/x-ndjson", "application/x-ndjson"),
        ("application/stix+json", "application/stix+json;version=2.1"),
        ("application/vnd.misp+json", "application/vnd.misp+json"),
        ("text/csv;q=0.9, application/x-ndjson;q=0.1", "text/csv"),
        ("text/plain", "text/plain"),
    ],
)
def test_formats_follow_accept(service, accept, media):
    asked = {"documents": [{"id": "a", "text": TEXT}, {"id": "b", "text": TEXT}]}
    answer = service.client.post("/v1/extract", json=asked, headers={"accept": accept})
    assert answer.headers["content-type"].startswith(media)
    if media == "application/x-ndjson":
        assert [json.loads(line)["id"] for line in answer.text.splitlines()] == ["a", "b"]
    elif "json" in media:
        made = json.loads(answer.text)
        if made.get("type") == "bundle":
            names = [each["id"] for each in made["objects"]]
            assert len(names) == len(set(names))
    assert "198.51.100.7" in answer.text


def test_groups_marks_and_defanged_values_can_be_asked_for(service):
    asked = {"text": TEXT + "\n22/tcp open ssh\n", "options": {"output": {"defang": True}}}
    plain = {"accept": "text/plain"}
    assert service.client.post("/v1/extract", json=asked, headers=plain).text.split() == [
        "hxxp://evil[.]example[.]org/a", "198[.]51[.]100[.]7", "22", "ssh",
    ]  # fmt: skip
    asked["options"] = {"output": {"tlp": "amber", "group": ["indicators"]}}
    made = service.client.post(
        "/v1/extract", json=asked, headers={"accept": "application/stix+json"}
    )
    assert "marking-definition" in made.text


def test_decode_labels_options_and_health(service):
    (row,) = service.client.post("/v1/decode", json={"text": TEXT}).json()["results"]
    assert row["text"] == "Beacon to http://evil.example.org/a from 198.51.100.7"
    assert {edit["family"] for edit in row["edits"]} == {"defang"}
    assert "DOMAIN" in {each["name"] for each in service.client.get("/v1/labels").json()}
    assert "output" in service.client.get("/v1/options").json()["properties"]
    assert service.client.get("/healthz").json() == {"status": "ok"}


def test_decisions_are_explained_as_the_command_line_does(service, tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)

    def said(*options):
        command = [sys.executable, "-m", "decloak.cli", "explain", "a.txt", "-f", "jsonl"]
        done = subprocess.run(
            [*command, "--tagger", "off", *options], cwd=tmp_path, capture_output=True, check=True
        )
        return json.loads(done.stdout)

    def told(**query):
        params = {"id": "a.txt"} | query
        answer = service.client.post("/v1/explain", params=params, json={"text": TEXT})
        return answer.json()["results"][0]

    assert told() == said()
    assert told(at="1:20") == said("--at", "1:20")
    assert [each["family"] for each in told(at="1:13")["edits"]] == ["defang"]
    for at in ("9:9", "here"):
        answer = service.client.post("/v1/explain", params={"at": at}, json={"text": TEXT})
        assert answer.status_code == 422
        assert error(answer)[1]


def test_every_refusal_has_the_same_form_and_its_own_status(service):
    post = service.client.post
    as_json = {"content-type": "application/json"}
    for answer, status in (
        (post("/v1/extract", content=b"{", headers=as_json), 422),
        (post("/v1/extract", json={}), 422),
        (post("/v1/extract", json={"text": "a", "documents": []}), 422),
        (post("/v1/extract", content=b"\x00\x01" * 100, headers={"content-type": "text/plain"}), 415),
        (post("/v1/extract", content=b"x", headers={"content-type": "application/pdf2"}), 422),
        (post("/v1/extract", json={"text": "x"}, headers={"accept": "image/png"}), 406),
        (post("/v1/extract", content=b"x" * (1 << 21), headers={"content-type": "text/plain"}), 413),
        (post("/v1/extract", data={"options": "{}"}, files={"other": b"x"}), 422),
        (post("/v1/extract", data={"options": ["{}", "{}"]}, files={"file": b"x"}), 422),
        (post("/v1/extract", data={"include_text": "perhaps"}, files={"file": b"x"}), 422),
        (post("/v1/extract"), 422),
        (post("/v1/extract", params={"id": "x" * 1_001}, content=b"x"), 422),
        (post("/v1/extract", content=b"--x\r\nbroken", headers={"content-type": "multipart/form-data; boundary=x"}), 422),
        (post("/v1/extract", content=b"x", headers={"content-type": "multipart/form-data"}), 422),
        (service.client.get("/nowhere"), 404),
        (service.client.get("/v1/extract"), 405),
        (post("/v1/extract", json={"text": "x"}, headers={"host": "attacker.example"}), 403),
        (post("/v1/extract", json={"text": "x"}, headers={"origin": "http://attacker.example"}), 403),
    ):  # fmt: skip
        assert answer.status_code == status, (answer.request.content[:60], answer.text)
        assert error(answer)[1]


def test_one_bad_document_costs_no_other(service):
    files = [
        ("file", ("a", TEXT.encode())),
        ("file", ("b", b"\x7fELF\x00\x01")),
        ("file", ("c", b"x")),
    ]
    first, second, third = service.client.post("/v1/extract", files=files).json()["results"]
    assert values(first) == VALUES
    assert second["error"]["type"] == "BinaryError"
    assert third["entities"] == []


def test_no_answer_asks_a_browser_for_anything_from_elsewhere(service):
    answer = service.client.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_killed_worker_costs_nothing_and_is_replaced(service):
    def children():
        done = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True)
        pairs = [tuple(map(int, line.split())) for line in done.stdout.splitlines()[1:]]
        found, row = [], [service.process.pid]
        while row:
            row = [pid for pid, parent in pairs if parent in row]
            found += row
        return found

    with concurrent.futures.ThreadPoolExecutor(1) as threads:
        slow = "\n".join(f"host{n}.example.org 10.0.{n % 250}.{n % 199}" for n in range(6_000))
        asked = threads.submit(service.client.post, "/v1/extract", json={"text": slow})
        time.sleep(0.3)
        for pid in children():
            kill(pid)
        answer = asked.result()
    assert answer.status_code == 200, answer.text  # done again by another
    again = service.client.post("/v1/extract", json={"text": TEXT})
    assert values(again.json()["results"][0]) == VALUES


def kill(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def test_metrics_count_and_tell_nothing_of_documents(service):
    service.client.post("/v1/extract", json={"text": "secret-name.example.org", "id": "secret-id"})
    text = service.client.get("/metrics").text
    assert "decloak_documents_total" in text
    assert 'decloak_entities_total{label="DOMAIN"}' in text
    assert "secret" not in text
    assert "secret" not in service.log.read_text()
    lines = [each for each in service.log.read_text().splitlines() if each.startswith("{")]
    assert {"request"} <= {json.loads(line)["event"] for line in lines}


def test_clients_that_vanish_and_dawdle_are_no_trouble(service):
    host, port = service.url.removeprefix("http://").split(":")
    for sent in (
        b"",
        b"POST /v1/extract HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nhalf",
        b"\xff\x00garbage\r\n\r\n",
    ):
        with socket.create_connection((host, int(port))) as raw:
            raw.sendall(sent)
    assert service.client.get("/healthz").status_code == 200


def test_bodies_that_do_not_end_or_find_no_place_are_refused(tmp_path, serving):
    with serving(tmp_path, "--body-seconds", 5, "--max-bytes", 3_000_000) as service:
        answer = service.client.post("/v1/extract", content=(b"x" * 1_000_000 for _ in range(4)))
        assert answer.status_code == 413
        assert error(answer)[0] == "TooLargeError"
        long = {"file": TEXT.encode().ljust(2_000_000)}
        pid, hard = service.process.pid, resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1_000_000, hard))
        answer = service.client.post("/v1/extract", files=long)
        assert answer.status_code == 507, answer.text
        assert error(answer)[0] == "OutputError"
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))
        assert service.client.post("/v1/extract", files=long).status_code == 200
        host, port = service.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as raw:
            raw.sendall(
                b"POST /v1/extract HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nhalf"
            )
            assert raw.recv(100).startswith(b"HTTP/1.1 408 ")


def test_a_bug_is_an_error_of_the_same_form_and_leaves_nothing_behind():
    from fastapi import FastAPI

    from decloak.serve.app import handle_errors
    from decloak.serve.metrics import Metrics
    from decloak.serve.observe import Observed

    app = FastAPI()
    handle_errors(app)

    @app.get("/bug")
    def bug():
        message = "secret"
        raise ValueError(message)

    async def ask():
        transport = httpx.ASGITransport(Observed(app, Metrics(int, int)))
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.get("/bug")

    answer = asyncio.run(ask())
    assert answer.status_code == 500
    assert error(answer)[0] == "InternalError"
    assert "secret" not in answer.text


def test_full_queue_is_said_with_when_to_come_again(tmp_path, serving):
    with serving(tmp_path, "--queue", 1) as service:
        slow = "\n".join(f"host{n}.example.org 10.0.{n % 250}.{n % 199}" for n in range(1_500))

        def ask(_):
            return httpx.post(f"{service.url}/v1/extract", json={"text": slow}, timeout=120)

        with concurrent.futures.ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(ask, range(8)))
        by_status = {
            status: [a for a in answers if a.status_code == status] for status in (200, 429)
        }
        assert len(by_status[200]) + len(by_status[429]) == 8
        assert by_status[200]
        assert by_status[429]
        assert all(int(each.headers["retry-after"]) >= 1 for each in by_status[429])
        # A request already accepted is answered when the service is told to end.
        begun = threading.Event()
        found = []

        def last():
            begun.set()
            found.append(ask(0))

        thread = threading.Thread(target=last)
        thread.start()
        begun.wait()
        time.sleep(0.3)
        assert service.stop() == 143  # as whoever sent SIGTERM expects
        thread.join()
        assert found[0].status_code == 200


def test_tokens_have_scopes(tmp_path, serving):
    file = tmp_path / "tokens"

    def made(name, scope):
        done = subprocess.run(
            [sys.executable, "-m", "decloak.cli", "serve-token", file, "--name", name, "--scope", scope],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return {"authorization": f"Bearer {done.stdout.strip()}"}

    reader, admin = made("r", "read"), made("a", "admin")
    assert file.stat().st_mode & 0o077 == 0
    assert reader["authorization"].removeprefix("Bearer decloak_") not in file.read_text()
    with serving(tmp_path, "--tokens", file) as service:
        ask = service.client
        answer = ask.post("/v1/extract", json={"text": TEXT})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert (
            ask.post(
                "/v1/extract", json={"text": TEXT}, headers={"authorization": "Bearer no"}
            ).status_code
            == 401
        )
        assert ask.post("/v1/extract", json={"text": TEXT}, headers=reader).status_code == 200
        assert ask.get("/metrics", headers=reader).status_code == 403
        assert ask.get("/metrics", headers=admin).status_code == 200
        assert ask.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--host", "0.0.0.0"], "loopback only"),
        (["--tokens", "/nowhere/tokens"], "no such file"),
        (["--workers", "0"], "workers"),
    ],
)
def test_what_cannot_be_served_is_said_at_once(options, words):
    done = subprocess.run(
        [sys.executable, "-m", "decloak.cli", "serve", *options], capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_of_the_service_is_loaded_without_it():
    code = "import sys, decloak.pipeline, decloak.cli; print(*{'fastapi', 'uvicorn', 'starlette'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_document_that_takes_too_long_is_ended_and_named():
    code = (
        "from decloak.options import Settings; from decloak.serve.jobs import Job, work\n"
        "slow = '\\n'.join(f'host{n}.example.org 10.0.{n % 250}.{n % 199}' for n in range(20_000))\n"
        "(part,) = work(Job('slow', slow, Settings(tagger='off'), seconds=0.05))\n"
        "print(part.failure.message)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "more than 0.05 CPU seconds" in done.stdout
