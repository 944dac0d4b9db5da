import contextlib
import itertools
import json
import logging
import os
import pty
import select
import signal
import subprocess
import sys
import threading

import pytest

from decloak.acquire.collect import collect
from decloak.acquire.shodan import KINDS, HostJob, Search, SearchJob, host_jobs, search_jobs
from decloak.acquire.shodan_client import ShodanService, key_from_environment
from decloak.acquire.store import RunStore
from decloak.acquire.targets import parse_target
from decloak.core.errors import ServiceError, SettingsError
from decloak.core.pace import Pace

HOST = {
    "ip_str": "198.51.100.7",
    "ports": [22],
    "data": [{"port": 22, "data": "SSH-2.0-OpenSSH_9.2"}],
}
KEY = "S3CRET/key+of=32characters%abcdef"


def service(web, **more):
    return ShodanService(KEY, web.url, **{"pace": Pace(0), "seconds": 5.0, **more})


def hosts(web, folder, *addresses, **more):
    parsed = [parse_target(address, KINDS) for address in addresses]
    jobs = host_jobs(parsed, service(web, **more))
    return [outcome.run for outcome in collect(jobs, RunStore(folder))]


def searched(web, folder, search, **more):
    store = RunStore(folder)
    return [each.run for each in collect(search_jobs(search, service(web, **more), store), store)]


def nothing_holds_the_key(folder, *texts):
    stored = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for form in (
        KEY,
        KEY.replace("/", "%2F").replace("+", "%2B").replace("=", "%3D").replace("%a", "%25a"),
    ):
        assert form.encode() not in stored
        assert all(form not in text for text in texts)
    assert b"S3CRET" not in stored
    assert all("S3CRET" not in text for text in texts)


def test_a_host_is_stored_as_it_came_without_the_key(web, tmp_path):
    raw = b'{ "ip_str": "198.51.100.7",\n "data": [{"data": "caf\xe9"}]}'
    web.routes["/shodan/host/198.51.100.7"] = lambda _: (200, {}, raw)
    (run,) = hosts(web, tmp_path, "198.51.100.7")
    assert run.outputs["json"] == raw
    assert run.command == ("GET", f"{web.url}/shodan/host/198.51.100.7")
    assert (run.exit_status, run.version[:7]) == (200, "shodan ")
    assert "S3CRET" in web.asked[0]  # the service itself got it
    nothing_holds_the_key(tmp_path)


@pytest.mark.parametrize(
    "make",
    [
        lambda api: HostJob(parse_target("2001:db8::1", KINDS), api),
        lambda api: HostJob(parse_target("192.0.2.1", KINDS), api, history=True, minify=True),
        lambda api: SearchJob(Search('port:22 org:"A & B" é'), 1, api),
        lambda api: SearchJob(Search("x", ("port:20", "vuln"), 3, minify=True), 2, api),
    ],
)
def test_the_stored_url_is_the_one_that_was_sent(web, make):
    job = make(service(web))
    job.run(threading.Event())
    sent = web.url + web.asked[0]
    base, _, query = sent.partition("?")
    kept = "&".join(part for part in query.split("&") if not part.startswith("key="))
    assert job.command == ("GET", f"{base}?{kept}" if kept else base)


def test_an_address_nobody_knows_is_an_answer(web, tmp_path):
    web.json("/shodan/host/192.0.2.1", {"error": "No information available for that IP."}, 404)
    web.json("/shodan/host/198.51.100.7", HOST)
    unknown, known = hosts(web, tmp_path, "192.0.2.1", "198.51.100.7")
    assert (unknown.error, unknown.exit_status) == (None, 404)
    assert known.error is None
    assert hosts(web, tmp_path, "192.0.2.1") == [None]


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (500, b"oops", "HTTP status 500"),
        (502, b"<html>", "Bad Gateway"),
        (200, b"", "Unable to parse"),
        (200, b"\x00\xff" * 99, "Unable to parse"),
        (200, b'{"matches": [', "Unable to parse"),
        (200, b'{"error": "Search timed out"}', "Search timed out"),
        (200, b"[1]", "no JSON object"),
        (404, b"<html>", "no JSON"),
        (200, b'{"error": {"a": 1}}', "{'a': 1}"),
        (200, b'{"error": null}', "None"),
        (200, b'{"a": ' * 100_000, "nested too deep"),
    ],
)
def test_one_bad_answer_ends_nothing(web, tmp_path, status, body, said):
    web.routes["/shodan/host/192.0.2.1"] = lambda _: (status, {}, body)
    web.json("/shodan/host/198.51.100.7", HOST)
    bad, good = hosts(web, tmp_path, "192.0.2.1", "198.51.100.7")
    assert said in bad.error
    assert good.error is None


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, b"<html>401", "the key was refused (Invalid API key); check SHODAN_API_KEY"),
        (401, b'{"error": "Invalid API key"}', "the key was refused"),
        (403, b'{"error": "x"}', "not in the plan of this key"),
        (
            401,
            b'{"error": "Please upgrade your API plan to use filters or paging."}',
            "no credits left",
        ),
        (402, b'{"error": "Insufficient query credits"}', "no credits left"),
        (401, json.dumps({"error": f"bad key {KEY}"}).encode(), "bad key REMOVED"),
        (429, b'{"error": "Request rate limit reached (1/ second)"}', "too many requests"),
    ],
)
def test_what_refuses_everything_ends_the_run_and_keeps_what_was_there(
    web, tmp_path, status, body, said
):
    web.json("/shodan/host/198.51.100.7", HOST)
    web.routes["/shodan/host/192.0.2.1"] = lambda _: (status, {}, body)
    with pytest.raises(ServiceError) as caught:
        hosts(
            web,
            tmp_path,
            "198.51.100.7",
            "192.0.2.1",
            "192.0.2.2",
            pace=Pace(0, lambda: 0.0, lambda _: None),
        )
    assert said in str(caught.value)
    assert [run.target for run in RunStore(tmp_path).done("shodan")] == ["198.51.100.7"]
    assert not any("192.0.2.2" in path for path in web.asked)
    nothing_holds_the_key(tmp_path, str(caught.value))


def test_an_answer_that_echoes_the_key_is_stored_without_it(web, tmp_path):
    web.routes["/shodan/host/192.0.2.1"] = lambda query: (
        200,
        {},
        json.dumps({"you": query["key"]}).encode(),
    )
    (run,) = hosts(web, tmp_path, "192.0.2.1")
    assert run.outputs["json"] == b'{"you": "REMOVED"}'
    nothing_holds_the_key(tmp_path)


def test_nobody_listens_and_nobody_learns_the_key(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    api = ShodanService(KEY, "http://127.0.0.1:1", pace=Pace(0), seconds=2.0)
    jobs = host_jobs([parse_target("192.0.2.1", KINDS)], api)
    ((outcome),) = collect(jobs, RunStore(tmp_path))
    assert outcome.run.error == "no whole answer (ConnectionError)"
    with pytest.raises(ServiceError, match="no whole answer"):
        api.info()
    nothing_holds_the_key(tmp_path, caplog.text)


def test_the_debug_log_of_the_http_library_does_not_hold_the_key(web, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    web.json("/shodan/host/192.0.2.1", HOST)
    hosts(web, tmp_path, "192.0.2.1")
    assert "192.0.2.1" in caplog.text
    nothing_holds_the_key(tmp_path, caplog.text)


def test_the_key_goes_to_no_proxy_in_clear(web, make_web, tmp_path, monkeypatch):
    proxy = make_web()
    web.routes["/shodan/host/198.51.100.7"] = lambda _: (200, {}, json.dumps(HOST).encode())
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("http_proxy", proxy.url)
    (run,) = hosts(web, tmp_path, "198.51.100.7")
    assert run.error is None
    assert (len(web.asked), proxy.asked) == (1, [])


def test_fifty_megabytes_are_cut(web, tmp_path):
    web.routes["/shodan/host/192.0.2.1"] = lambda _: (200, {}, [b"x" * 65536] * 800)
    (run,) = hosts(web, tmp_path, "192.0.2.1", limit=100_000)
    assert run.truncated == ("json",)
    assert len(run.outputs["json"]) == 100_000
    assert "longer than 100,000 bytes" in run.error


def test_a_redirect_is_not_followed(web, tmp_path):
    web.routes["/shodan/host/192.0.2.1"] = lambda _: (
        302,
        {"Location": f"{web.url}/elsewhere"},
        b"",
    )
    (run,) = hosts(web, tmp_path, "192.0.2.1")
    assert "redirected elsewhere" in run.error
    assert len(web.asked) == 1


def test_one_request_per_second(web, tmp_path):
    now, slept = [50.0], []

    def sleep(seconds):
        slept.append(round(seconds, 6))
        now[0] += seconds

    for host in range(1, 5):
        web.json(f"/shodan/host/192.0.2.{host}", HOST)
    pace = Pace(1.0, lambda: now[0], sleep)
    hosts(web, tmp_path, *(f"192.0.2.{host}" for host in range(1, 5)), pace=pace)
    assert slept == [1.0, 1.0, 1.0]


def test_a_busy_service_is_asked_again(web, tmp_path):
    answers = itertools.chain(
        [(429, {"Retry_After": "3"}, b"{}")] * 2, itertools.repeat((200, {}, b"{}"))
    )
    web.routes["/shodan/host/192.0.2.1"] = lambda _: next(answers)
    now, slept = [0.0], []

    def sleep(seconds):
        slept.append(seconds)
        now[0] += seconds

    (run,) = hosts(web, tmp_path, "192.0.2.1", pace=Pace(1.0, lambda: now[0], sleep))
    assert run.error is None
    assert slept == [3, 3]


def pages(total):
    def answer(query):
        first = (int(query["page"]) - 1) * 100
        matches = [{"port": i} for i in range(first, min(total, first + 100))]
        return 200, {}, json.dumps({"total": total, "matches": matches}).encode()

    return answer


@pytest.mark.parametrize(
    ("total", "most", "asked"), [(0, 5, 1), (100, 5, 1), (101, 5, 2), (950, 3, 3)]
)
def test_as_many_pages_as_there_are(web, tmp_path, total, most, asked):
    web.routes["/shodan/host/search"] = pages(total)
    runs = searched(web, tmp_path, Search("port:22", ("product", "port:20", "vuln"), most))
    assert [run.meta["page"] for run in runs] == [str(i + 1) for i in range(asked)]
    assert "facets=product%2Cport%3A20%2Cvuln" in web.asked[0]
    web.asked.clear()
    assert (
        searched(web, tmp_path, Search("port:22", ("product", "port:20", "vuln"), most))
        == [None] * asked
    )
    assert not web.asked  # a page that is there costs nothing again


def test_a_search_that_ran_out_of_credits_goes_on_where_it_was(web, tmp_path):
    full = pages(350)
    web.routes["/shodan/host/search"] = lambda query: (
        full(query)
        if int(query["page"]) < 3
        else (402, {}, b'{"error": "Insufficient query credits"}')
    )
    with pytest.raises(ServiceError, match="no credits left"):
        searched(web, tmp_path, Search("nginx", pages=9))
    web.asked.clear()
    web.routes["/shodan/host/search"] = full
    runs = searched(web, tmp_path, Search("nginx", pages=9))
    assert [run and run.meta["page"] for run in runs] == [None, None, "3", "4"]
    assert len(web.asked) == 2


@pytest.mark.parametrize(
    ("query", "facets", "said"),
    [("", (), "1 to 2000"), (" ", (), "1 to 2000"), ("x" * 3000, (), "1 to 2000"),
     ("a\nb", (), "line breaks"), ("x", ("port:0",), "no facet"), ("x", ("a&key=b",), "no facet")],
)  # fmt: skip
def test_what_is_no_search(query, facets, said):
    with pytest.raises(SettingsError, match=said):
        Search(query, facets)


def test_what_a_search_can_cost():
    assert Search("nginx").most_credits == 0
    assert Search("port:22").most_credits == 1
    assert Search("nginx", pages=4).most_credits == 4


@pytest.mark.parametrize("value", ["", "  ", "a b", "é", "a\x07"])
def test_a_key_that_is_none_is_not_shown(value):
    with pytest.raises(SettingsError, match="SHODAN_API_KEY") as caught:
        key_from_environment({"SHODAN_API_KEY": value})
    assert not value.strip() or value.strip() not in str(caught.value)
    with pytest.raises(SettingsError):
        key_from_environment({})


def test_without_the_extra_the_error_names_it():
    code = (
        "import sys; sys.modules['shodan'] = None\n"
        "from decloak.acquire.shodan_client import ShodanService\n"
        "from decloak.core.pace import Pace\n"
        "try: ShodanService('k', pace=Pace(0))\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "ToolError shodan is not installed: pip install 'decloak[acquire]'\n"


def test_commands(web, acquire):
    web.json("/api-info", {"plan": "dev", "query_credits": 2})
    web.json("/shodan/host/198.51.100.7", HOST)
    web.routes["/shodan/host/search"] = pages(150)
    key = {"SHODAN_API_KEY": KEY}
    done = acquire("shodan", "host", "198.51.100.7", "host.example", "--base", web.url, env=key)
    assert done.returncode == 3
    assert "plan dev, 2 query credits left; this costs none" in done.stderr
    assert "'host.example' is not an IP address" in done.stderr
    assert done.stdout == "shodan: 1 stored, 1 failed; runs/shodan.jsonl\n"
    asked = acquire("shodan", "search", "port:22", "--pages", 3, "--base", web.url, env=key)
    assert asked.returncode == 2
    assert "this can cost up to 3: not enough for all of it" in asked.stderr
    assert "say --yes to spend them" in asked.stderr
    spent = acquire(
        "shodan", "search", "port:22", "--pages", 3, "--yes", "--base", web.url, env=key
    )
    assert (spent.returncode, spent.stdout) == (0, "shodan: 2 stored; runs/shodan.jsonl\n")
    nothing_holds_the_key(acquire.folder, done.stderr, asked.stderr, spent.stderr, spent.stdout)


def test_commands_that_cannot_work(web, acquire):
    none = acquire("shodan", "host", "192.0.2.1", "--base", web.url)
    assert none.returncode == 2
    assert "set the environment variable SHODAN_API_KEY" in none.stderr
    web.routes["/api-info"] = lambda _: (401, {}, b"<html>")
    key = {"SHODAN_API_KEY": KEY, "SHODAN_API_URL": web.url}
    wrong = acquire("shodan", "host", "192.0.2.1", env=key)
    assert wrong.returncode == 2
    assert "the key was refused (Invalid API key); check SHODAN_API_KEY" in wrong.stderr
    plain = acquire(
        "shodan", "host", "192.0.2.1", env={**key, "SHODAN_API_URL": "http://api.example.com"}
    )
    assert "would send the key unencrypted" in plain.stderr
    nothing_holds_the_key(acquire.folder, none.stderr, wrong.stderr, plain.stderr)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize(("answer", "status"), [(b"n\n", 0), (None, 130), (b"y\n", 0)])
def test_on_a_terminal_the_spending_is_asked_for(web, acquire, answer, status):
    web.json("/api-info", {"plan": "dev", "query_credits": 9})
    web.routes["/shodan/host/search"] = pages(150)
    terminal, inner = pty.openpty()
    options = ["search", "port:22", "--pages", "2", "--base", web.url]
    process = subprocess.Popen(
        [sys.executable, "-m", "decloak.cli", "acquire", "shodan", *options],
        cwd=acquire.folder, env={**acquire.environment, "SHODAN_API_KEY": KEY},
        stdin=inner, stdout=inner, stderr=inner, start_new_session=True,
    )  # fmt: skip
    os.close(inner)
    told, answered = b"", False
    with contextlib.suppress(OSError):  # the end of a terminal
        while True:
            # A signal between the prompt and the reading of an answer is lost, as it is to anybody.
            if not select.select([terminal], [], [], 1.0)[0]:
                if answered and answer is None and process.poll() is None:
                    process.send_signal(signal.SIGINT)
                continue
            chunk = os.read(terminal, 4096)
            if not chunk:
                break
            told += chunk
            if b"Go on?" in told and not answered:
                answered = True
                if answer is None:
                    process.send_signal(signal.SIGINT)
                else:
                    os.write(terminal, answer)
    os.close(terminal)
    assert process.wait(20) == status
    assert b"this can cost up to 2" in told
    searches = [path for path in web.asked if "search" in path]
    assert len(searches) == (2 if answer == b"y\n" else 0)
    assert (b"2 stored" in told) == (answer == b"y\n")
    assert b"S3CRET" not in told
