import contextlib
import gzip
import itertools
import socketserver
import threading
import time

import pytest

from decloak.acquire.bootstrap import Bootstrap, FixedServer
from decloak.acquire.collect import collect
from decloak.acquire.http import Fetcher, retry_after
from decloak.acquire.process import Stopped
from decloak.acquire.rdap import KINDS, rdap_jobs
from decloak.acquire.store import RunStore
from decloak.acquire.targets import parse_target
from decloak.core.errors import DecloakError, ServiceError, SettingsError
from decloak.core.pace import Pace
from decloak.core.reach import base_url, may_refer

DOMAIN = {"objectClassName": "domain", "ldhName": "example.com"}


def ask(web, tmp_path, *targets, directory=None, seconds=5.0, limit=1 << 20, pace=None):
    fetcher = Fetcher(seconds, limit)
    parsed = [parse_target(target, KINDS) for target in targets]
    jobs = rdap_jobs(parsed, directory or FixedServer(web.url), fetcher, pace or Pace(0))
    return [outcome.run for outcome in collect(jobs, RunStore(tmp_path))]


def test_each_kind_has_its_path(web, tmp_path):
    for path in ("/domain/example.com", "/ip/192.0.2.1", "/ip/2001:db8::/32", "/autnum/64496"):
        web.json(path, DOMAIN)
    runs = ask(web, tmp_path, "example.com", "192.0.2.1", "2001:db8::/32", "AS64496")
    assert [run.error for run in runs] == [None] * 4
    assert runs[0].command == ("GET", f"{web.url}/domain/example.com")
    assert runs[0].outputs["json"] == b'{"objectClassName": "domain", "ldhName": "example.com"}'
    assert runs[0].exit_status == 200
    assert runs[0].version.startswith("urllib3 ")
    ask(web, tmp_path, "example.com")
    assert len(web.asked) == 4


def test_not_found_is_an_answer_and_is_not_asked_again(web, tmp_path):
    (run,) = ask(web, tmp_path, "none.example")
    assert (run.error, run.exit_status) == (None, 404)
    assert ask(web, tmp_path, "none.example") == [None]


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (500, b"{}", "HTTP status 500"),
        (200, b"", "the server sent nothing"),
        (200, b"<html>", "no JSON"),
        (200, b"\x00\xff\xfe" * 50, "no JSON"),
        (200, b"[1, 2]", "no JSON object"),
        (200, b'{"a": ' * 100_000, "no JSON"),
        (200, b'{"objectClassName": "dom', "no JSON"),
    ],
)
def test_bad_answers_are_kept_and_named(web, tmp_path, status, body, said):
    web.routes["/domain/bad.example"] = lambda _: (status, {}, body)
    web.json("/domain/good.example", DOMAIN)
    bad, good = ask(web, tmp_path, "bad.example", "good.example")
    assert said in bad.error
    assert bad.outputs.get("json", b"") == body
    assert good.error is None


def test_fifty_megabytes_are_cut(web, tmp_path):
    web.routes["/domain/big.example"] = lambda _: (200, {}, [b"x" * 65536] * 800)
    (run,) = ask(web, tmp_path, "big.example", limit=100_000)
    assert run.truncated == ("json",)
    assert len(run.outputs["json"]) == 100_000
    assert "longer than 100,000 bytes" in run.error


def test_a_compressed_bomb_is_cut(web, tmp_path):
    bomb = gzip.compress(bytes(50 << 20))
    web.routes["/domain/bomb.example"] = lambda _: (200, {"Content-Encoding": "gzip"}, bomb)
    (run,) = ask(web, tmp_path, "bomb.example", limit=100_000)
    assert len(run.outputs["json"]) == 100_000


def test_a_server_that_drips_does_not_hold_us(web, tmp_path):
    def drip(_):
        return 200, {}, (time.sleep(0.2) or b" " for _ in range(100))

    web.routes["/domain/slow.example"] = drip
    begun = time.monotonic()
    (run,) = ask(web, tmp_path, "slow.example", seconds=1.0)
    assert "no answer in time" in run.error
    assert time.monotonic() - begun < 15


@contextlib.contextmanager
def dripping(data=b"HTTP/1.1 200 OK\r\nX: "):
    """A server that never comes to the end of its headers, one byte after the other."""
    over = threading.Event()

    class Drip(socketserver.BaseRequestHandler):
        def handle(self):
            with contextlib.suppress(OSError):
                self.request.sendall(data)
                while not over.wait(0.05):
                    self.request.sendall(b"x")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Drip) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        over.set()
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "data", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;"]
)
def test_headers_that_drip_do_not_hold_us(data):
    with dripping(data) as url, pytest.raises(DecloakError, match="in time"):
        Fetcher(0.5, 1 << 20).get(url, "application/json")


def test_a_wish_to_stop_is_heard_before_the_headers_end():
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    with dripping() as url, pytest.raises(Stopped):
        Fetcher(60.0, 1 << 20).get(url, "application/json", stop)


def test_a_wish_to_stop_is_heard(web):
    web.routes["/x"] = lambda _: (200, {}, (time.sleep(0.1) or b" " for _ in range(200)))
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    with pytest.raises(Stopped):
        Fetcher(20, 1000).get(f"{web.url}/x", "application/json", stop)


def test_nobody_listens(tmp_path, web):
    (run,) = ask(web, tmp_path, "a.example", directory=FixedServer("http://127.0.0.1:1"))
    assert run.error == "127.0.0.1:1: cannot be reached"
    (run,) = ask(web, tmp_path, "a.example", directory=FixedServer("http://nothing.invalid"))
    assert run.error == "nothing.invalid: the name has no address"


def test_redirects_are_followed_and_bounded(web, tmp_path):
    web.routes["/domain/a.example"] = lambda _: (302, {"Location": "/moved"}, b"")
    web.json("/moved", DOMAIN)
    web.routes["/domain/b.example"] = lambda _: (302, {"Location": "/domain/b.example"}, b"")
    web.routes["/domain/c.example"] = lambda _: (302, {"Location": "file:///etc/passwd"}, b"")
    a, b, c = ask(web, tmp_path, "a.example", "b.example", "c.example")
    assert a.error is None
    assert a.meta["url"] == f"{web.url}/moved"
    assert "more than 5 redirects" in b.error
    assert "redirected to 'file'" in c.error


def test_the_outside_does_not_point_inwards():
    assert not may_refer("rdap.example.com", "127.0.0.1")
    assert not may_refer("rdap.example.com", "[::1]")
    assert not may_refer("rdap.example.com", "10.0.0.1")
    assert not may_refer("8.8.8.8", "localhost")
    assert not may_refer("8.8.8.8", "db.internal")
    assert may_refer("127.0.0.1", "10.0.0.1")
    assert may_refer("rdap.example.com", "rdap.example.net")


def test_a_server_that_asks_to_wait_is_asked_again(web, tmp_path):
    answers = itertools.chain(
        [(429, {"Retry_After": "7"}, b"")], itertools.repeat((200, {}, b"{}"))
    )
    web.routes["/domain/a.example"] = lambda _: next(answers)
    now, slept = [0.0], []

    def sleep(seconds):
        slept.append(seconds)
        now[0] += seconds

    (run,) = ask(web, tmp_path, "a.example", pace=Pace(1.0, lambda: now[0], sleep))
    assert run.error is None
    assert slept == [7]


def test_a_server_that_always_refuses_is_an_error(web, tmp_path):
    web.routes["/domain/a.example"] = lambda _: (429, {}, b"")
    (run,) = ask(web, tmp_path, "a.example", pace=Pace(0, lambda: 0.0, lambda _: None))
    assert "429" in run.error
    assert len(web.asked) == 3


@pytest.mark.parametrize(
    ("told", "seconds"), [("5", 5), ("999999", 60), ("-1", 1), ("x", 1), ("9" * 400, 1)]
)
def test_how_long_to_wait(told, seconds):
    assert retry_after({"retry-after": told}) == seconds


def test_the_directory_of_servers(web):
    web.json("/dns.json", {"services": [
        [["example"], ["http://plain.example/", "https://rdap.example/v1/"]],
        [["co.example", "com"], ["https://co.example/"]],
        [["broken"], ["ftp://x"]],
    ]})  # fmt: skip
    web.json("/ipv4.json", {"services": [
        [["192.0.0.0/8"], ["https://wide.example"]], [["192.0.2.0/24", "no"], ["https://narrow.example"]],
    ]})  # fmt: skip
    web.json("/ipv6.json", {"services": [[["2001:db8::/32"], ["https://six.example"]]]})
    web.json("/asn.json", {"services": [[["64496-64511", "7"], ["https://as.example"]]]})
    directory = Bootstrap(Fetcher(5, 1 << 20), web.url)
    known = {
        "www.a.example": "https://rdap.example/v1", "x.co.example": "https://co.example",
        "com": "https://co.example", "a.test": None, "a.broken": None,
        "192.0.2.9": "https://narrow.example", "192.0.3.0/24": "https://wide.example",
        "198.51.100.1": None, "2001:db8::1": "https://six.example", "AS64500": "https://as.example",
        "AS7": "https://as.example", "AS8": None,
    }  # fmt: skip
    assert {text: directory.server(parse_target(text, KINDS)) for text in known} == known
    assert len(web.asked) == 4


def test_a_target_without_a_server_is_a_failure(web, tmp_path):
    web.json("/dns.json", {"services": []})
    directory = Bootstrap(Fetcher(5, 1 << 20), web.url)
    (run,) = ask(web, tmp_path, "a.example", directory=directory)
    assert run.error == "no RDAP server is known for this target"


@pytest.mark.parametrize("entry", ["1-x", "1-", "x-2", "1-" + "9" * 5000, "9" * 5000])
def test_a_range_of_numbers_that_is_none_is_passed_over(web, entry):
    web.json("/asn.json", {"services": [[[entry, "8"], ["https://as.example"]]]})
    directory = Bootstrap(Fetcher(5, 1 << 20), web.url)
    assert directory.server(parse_target("AS8", KINDS)) == "https://as.example"


@pytest.mark.parametrize("body", [b"", b"[]", b'{"services": 1}', b'{"services": [[1]]}', b"\xff"])
def test_a_directory_that_is_none_says_so(web, body):
    web.routes["/dns.json"] = lambda _: (200, {}, body)
    with pytest.raises(ServiceError, match="--base"):
        Bootstrap(Fetcher(5, 1 << 20), web.url).server(parse_target("a.example", KINDS))


def test_an_unreachable_directory_says_so():
    with pytest.raises(ServiceError, match="cannot be reached"):
        Bootstrap(Fetcher(5, 100), "http://127.0.0.1:1").server(parse_target("a.example", KINDS))


@pytest.mark.parametrize(
    "url",
    [
        "", "rdap.example", "ftp://rdap.example", "http://", "http://a b", "http://x:99999",
        "https://user:hush@rdap.example", "https://rdap.example?key=hush", "http://[::1", "https://x\n",
    ],
)  # fmt: skip
def test_what_is_no_base_url(url):
    with pytest.raises(SettingsError) as caught:
        base_url(url)
    assert "hush" not in str(caught.value)


def test_a_key_travels_encrypted():
    assert base_url("http://127.0.0.1:8/x/", secret=True) == "http://127.0.0.1:8/x"
    assert base_url("https://api.example.com/", secret=True) == "https://api.example.com"
    with pytest.raises(SettingsError, match="unencrypted"):
        base_url("http://api.example.com", secret=True)


def test_an_error_without_an_answer_is_ours(web):
    web.routes["/x"] = lambda _: (200, {"Transfer-Encoding": "chunked"}, [b"zz\r\n"])
    with pytest.raises(DecloakError, match="broken"):
        Fetcher(5, 1000).get(f"{web.url}/x", "application/json")
