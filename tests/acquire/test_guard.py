"""A redirect from outside reaches nothing inside, whatever its name resolves to."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from decloak.acquire import guard
from decloak.acquire.http import Fetcher
from decloak.core.errors import DecloakError

pytest.importorskip("urllib3")


@pytest.fixture
def names(monkeypatch):
    """Names that the resolver knows, beside those it knew."""
    known, resolve = {}, socket.getaddrinfo

    def answer(host, port, *args, **options):
        return resolve(known.get(host, host), port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return known


@pytest.mark.parametrize(
    "to", ["db.example.net", "127.1", "0x7f.1", "localhost.", "[::ffff:127.0.0.1]"]
)
def test_a_redirect_from_outside_leads_to_no_address_inside(web, names, to):
    port = urlsplit(web.url).port
    names["rdap.example.com"] = names["db.example.net"] = "127.0.0.1"
    web.routes["/a"] = lambda _: (302, {"Location": f"http://{to}:{port}/b"}, b"")
    web.json("/b", {})
    with pytest.raises(DecloakError, match="inside"):
        Fetcher(5, 100).get(f"http://rdap.example.com:{port}/a", "*/*")
    assert web.asked == ["/a"]
    assert Fetcher(5, 100).get(f"http://127.0.0.1:{port}/b", "*/*").status == 200


def test_a_redirect_stays_guarded_over_several_servers(web, names):
    port = urlsplit(web.url).port
    names["rdap.example.com"] = "127.0.0.1"
    names["rdap.example.net"] = "10.0.0.1"
    web.routes["/a"] = lambda _: (302, {"Location": f"http://rdap.example.net:{port}/b"}, b"")
    with pytest.raises(DecloakError, match="inside"):
        Fetcher(5, 100).get(f"http://rdap.example.com:{port}/a", "*/*")


def test_what_leads_outside_is_asked_under_its_name(web, names, monkeypatch):
    """No address of this machine is outside; so one is taken for it."""
    port = urlsplit(web.url).port
    names["rdap.example.net"] = "127.0.0.1"
    monkeypatch.setattr(guard, "is_inside", lambda address: address != "127.0.0.1")
    pool = guard.guarded_pool()
    web.json("/b", {"a": 1})
    answer = pool.request("GET", f"http://rdap.example.net:{port}/b")
    assert answer.json() == {"a": 1}
    assert not guard.resolves_inside("rdap.example.net")
    assert guard.resolves_inside("::1")
    assert not guard.resolves_inside("no.such.name.invalid")
