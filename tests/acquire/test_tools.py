"""The real nmap, dig and whois, on loopback addresses."""

import contextlib
import json
import os
import random
import shutil
import signal
import socketserver
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from decloak.acquire import dig, nmap, whois
from decloak.acquire.collect import collect
from decloak.acquire.profiles import load_profiles, pick
from decloak.acquire.store import RunStore
from decloak.acquire.targets import Kind, parse_target
from decloak.core.errors import InputError, SettingsError, ToolError
from decloak.core.pace import Pace

pytestmark = pytest.mark.tools


class Chatter(socketserver.ThreadingTCPServer):
    """Reads a line, then sends what its function yields for it."""

    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, *_):
        pass


class ChatHandler(socketserver.StreamRequestHandler):
    def handle(self):
        asked = self.rfile.readline(512).decode("ascii", "replace").strip()
        self.server.asked.append(asked)
        with contextlib.suppress(OSError):
            for part in self.server.answer(asked):
                self.wfile.write(part)


@contextlib.contextmanager
def chatting(address, answer, port=0):
    with Chatter((address, port), ChatHandler) as server:
        server.answer, server.asked = answer, []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def ask(folder, address, port, *targets, referrals=0, pace=None, profile="default", **more):
    parsed = [parse_target(target, whois.KINDS) for target in targets]
    server = whois.WhoisServer(address=address, port=port, **{"seconds": 20.0, **more})
    options = pick(load_profiles(), "whois", profile)
    jobs = whois.whois_jobs(parsed, profile, options, server, pace or Pace(0))
    return [each.run for each in whois.collect_whois(jobs, RunStore(folder), referrals=referrals)]


@pytest.fixture
def name_service(tmp_path, need, loopback):
    need("named", "dig")
    from lab.zone import make_zone, name_server

    (tmp_path / "zone").mkdir()
    zone = make_zone(random.Random(7))
    with name_server(tmp_path / "zone", zone, {loopback: f"www.{zone.origin}"}) as server:
        yield server


def test_whois_answers_are_stored_as_they_came(tmp_path, need, loopback):
    need("whois")
    answers = {
        "a.example": "Domain Name: A.EXAMPLE\r\nRegistrant: Caf\u00e9\r\n",
        "192.0.2.1": "NetRange:\r\n",
    }
    raw = {"a.example": answers["a.example"].encode("latin-1")}
    with chatting(
        loopback, lambda q: [raw.get(q, answers.get(q, "No match\r\n").encode())]
    ) as server:
        port = server.server_address[1]
        first, address, none, autnum = ask(
            tmp_path, loopback, port, "a.example", "192.0.2.1", "b.example", "AS64496"
        )
        assert ask(tmp_path, loopback, port, "a.example") == [None]
    assert first.outputs["stdout"] == b"Domain Name: A.EXAMPLE\nRegistrant: Caf\xe9\n"
    assert first.command[:5] == ("whois", "-h", loopback, "-p", str(port))
    assert first.command[5:] == ("--no-recursion", "a.example")
    assert first.version[0].isdigit()
    assert [run.error for run in (first, address, none, autnum)] == [None] * 4
    assert none.outputs["stdout"] == b"No match\n"
    assert "base64" in (tmp_path / "whois.jsonl").read_text().splitlines()[0]
    assert len(server.asked) == 4


def test_whois_servers_that_misbehave(tmp_path, need, loopback):
    need("whois")

    def answer(asked):
        match asked:
            case "big.example":
                return (b"x" * 63 + b"\n" for _ in range(50 << 14))
            case "garbage.example":
                return [bytes(range(1, 256)) * 40]
            case "quota.example":
                return [b"% Query rate limit exceeded. Please wait.\r\n"]
            case "slow.example":
                return (time.sleep(0.3) or b"x\r\n" for _ in range(100))
            case "nothing.example":
                return []
        return [b"Domain Name: GOOD.EXAMPLE\r\n"]

    names = ["big", "garbage", "quota", "slow", "nothing", "good"]
    with chatting(loopback, answer) as server:
        port = server.server_address[1]
        big, garbage, quota, slow, nothing, good = ask(
            tmp_path,
            loopback,
            port,
            *(f"{name}.example" for name in names),
            seconds=3.0,
            limit=100_000,
        )
    assert (big.error, big.truncated, len(big.outputs["stdout"])) == (None, ("stdout",), 100_000)
    assert garbage.error.startswith("the answer is no text")
    assert "refuses for now" in quota.error
    assert slow.error == "no whole answer after 3 s"
    assert nothing.error == "the server sent nothing"
    assert good.error is None
    (unreachable,) = ask(tmp_path / "other", loopback, port, "a.example")
    assert "refused" in unreachable.error
    stored = list(RunStore(tmp_path).runs("whois"))
    assert [run.target for run in stored] == [f"{name}.example" for name in names]


def test_whois_waits_for_each_server(tmp_path, need, loopback):
    need("whois")
    now, slept = [0.0], []

    def sleep(seconds):
        slept.append(seconds)
        now[0] += seconds

    with chatting(loopback, lambda _: [b"ok\r\n"]) as server:
        pace = Pace(2.0, lambda: now[0], sleep)
        ask(
            tmp_path,
            loopback,
            server.server_address[1],
            "a.example",
            "b.example",
            "c.example",
            pace=pace,
        )
    assert slept == [2.0, 2.0]


def test_referrals_are_followed_once_and_resumed(tmp_path, need, loopback):
    need("whois")
    with chatting(loopback, lambda q: [b"Registrant: " + q.encode() + b"\r\n"]) as registrar:
        told = f"ReferralServer: whois://{loopback}:{registrar.server_address[1]}\r\n".encode()
        elsewhere = loopback.rpartition(".")[0] + ".1"
        with chatting(elsewhere, lambda _: [b"Domain: x\r\n", told]) as registry:
            port = registry.server_address[1]
            thin, thick = ask(tmp_path, elsewhere, port, "a.example", referrals=3)
            assert [run.error for run in (thin, thick)] == [None, None]
            assert thick.meta["referred_by"] == thin.id
            assert thick.outputs["stdout"] == b"Registrant: a.example\n"
            assert ask(tmp_path, elsewhere, port, "a.example", referrals=3) == [None, None]
            assert (registry.asked, registrar.asked) == (["a.example"], ["a.example"])


@pytest.mark.parametrize(
    ("text", "server", "found"),
    [
        ("refer:        whois.ripe.net\n", "whois.iana.org", ("whois.ripe.net", 43)),
        ("   Registrar WHOIS Server: WHOIS.Registrar.example\r\n", "whois.x.example", ("whois.registrar.example", 43)),
        ("ReferralServer: rwhois://rwhois.x.example:4321\n", "whois.arin.net", ("rwhois.x.example", 4321)),
        ("refer: 10.0.0.1\n", "whois.iana.org", None),
        ("refer: localhost\n", "whois.iana.org", None),
        ("refer: 10.0.0.1\n", "127.0.0.1", ("10.0.0.1", 43)),
        ("refer: whois.iana.org\n", "whois.iana.org", None),
        ("refer: -oProxyCommand=x\n", "whois.iana.org", None),
        ("refer: a.example:99999\n", "whois.iana.org", None),
        ("% refer: a.example\n", "whois.iana.org", None),
        ("refer: a.example; id\n", "whois.iana.org", None),
        ("refer: a.example\nRegistrar WHOIS Server: b.example\n", "whois.iana.org", ("b.example", 43)),
        ("refer: " + "a" * 100_000, "whois.iana.org", None),
    ],
)  # fmt: skip
def test_which_server_is_meant(text, server, found):
    run = whois.Run(
        tool="whois", version=None, profile="default", target="a.example", command=("whois",),
        started="", seconds=0.0, outputs={"stdout": text.encode()}, meta={"server": server},
    )  # fmt: skip
    assert whois.referral(run) == found


def test_dig_asks_every_type_in_every_layout(tmp_path, name_service, loopback):
    zone = name_service.zone
    profiles = load_profiles()["dig"]
    jobs = dig.dig_jobs(
        [parse_target(zone.origin, dig.KINDS), parse_target(loopback, dig.KINDS)],
        ("A", "MX", "SOA"), profiles.items(),
        dig.DigServer(address=name_service.address, port=name_service.port),
    )  # fmt: skip
    runs = [outcome.run for outcome in collect(jobs, RunStore(tmp_path / "runs"), workers=3)]
    assert len(runs) == len(profiles) * 4
    assert {run.error for run in runs} == {None}
    of = {(run.target, run.meta["record"], run.profile): run for run in runs}
    for (_, _, profile), run in of.items():
        assert run.outputs["yaml"].startswith(b"- type: MESSAGE")
        assert set(run.command) >= set(profiles[profile].options + profiles[profile].layout)
    plain = of[zone.origin, "MX", "default"].text("stdout")
    assert plain.startswith("\n; <<>> DiG")
    assert all(name in plain for name in zone.mail)
    assert {
        line.split()[1].rstrip(".")
        for line in of[zone.origin, "MX", "short"].text("stdout").splitlines()
    } == set(zone.mail)
    assert of[loopback, "PTR", "short"].text("stdout") == f"www.{zone.origin}.\n"
    assert "do" in of[zone.origin, "A", "dnssec"].text("yaml")


def test_a_name_that_is_a_record_type_is_a_name(name_service):
    job = dig.DigJob(
        parse_target("mx", dig.KINDS), "A", "default", pick(load_profiles(), "dig", "default"),
        dig.DigServer(address=name_service.address, port=name_service.port),
    )  # fmt: skip
    run = job.run(threading.Event())
    assert "mx.\t\t\t\tIN\tA" in run.text("stdout").replace(";", "")
    assert run.meta["record"] == "A"


def test_nobody_answers_dig(need, loopback):
    need("dig")
    job = dig.DigJob(
        parse_target("a.example", dig.KINDS), "A", "tcp", pick(load_profiles(), "dig", "tcp"),
        dig.DigServer(address=loopback, port=9),
    )  # fmt: skip
    assert job.run(threading.Event()).error == "no reply from the name server"


def test_record_types():
    assert dig.record_types("a, aaaa,A,type65534") == ("A", "AAAA", "TYPE65534")
    for text in ("", ",", "A;id", "-f", "TYPE65536", "B"):
        with pytest.raises(SettingsError, match="record type"):
            dig.record_types(text)


def scan(folder, target, name="services", **limits):
    jobs = nmap.nmap_jobs(
        [parse_target(target, nmap.KINDS)], name, pick(load_profiles(), "nmap", name),
        nmap.NmapLimits(**{"resolve": False, "max_rate": 0, **limits}),
    )  # fmt: skip
    return [outcome.run for outcome in collect(jobs, RunStore(folder))]


def test_nmap_writes_its_three_layouts(tmp_path, need, loopback):
    need("nmap", "sshd", "ssh-keygen")
    from lab.servers import ssh_server

    with ssh_server(loopback, tmp_path) as server:
        (run,) = scan(tmp_path / "runs", loopback, ports=str(server.port))
    assert run.error is None
    assert (run.exit_status, run.tool, run.profile) == (0, "nmap", "services")
    assert set(run.outputs) == {"stdout", "normal", "xml", "grepable"}
    for name in ("stdout", "normal", "grepable"):
        assert f"{server.port}/" in run.text(name)
    assert server.version.split()[0] in run.text("normal")
    assert run.text("xml").rstrip().endswith("</nmaprun>")
    assert str(tmp_path) not in json.dumps(dict.fromkeys([run.text(name) for name in run.outputs]))
    assert run.command[-7:] == (
        "-oN",
        "scan.nmap",
        "-oX",
        "scan.xml",
        "-oG",
        "scan.gnmap",
        loopback,
    )


def test_nmap_on_a_network_is_one_run_a_block(tmp_path, need, loopback):
    need("nmap")
    network = f"{loopback.rpartition('.')[0]}.0/23"
    runs = scan(tmp_path, network, "ping")
    assert len(runs) == 2
    assert all(run.error is None for run in runs)


def test_nmap_failures(tmp_path, need, loopback):
    need("nmap")
    assert [run.error for run in scan(tmp_path, "no-such-host.invalid")] == [
        "the name has no address"
    ]
    slow = chatting(loopback, lambda _: (time.sleep(0.5) or b"" for _ in range(100)))
    with slow as server:
        port = str(server.server_address[1])
        (run,) = scan(tmp_path, loopback, ports=port, seconds=3.0)
        assert run.error == "not finished after 3 s"
        assert not run.outputs.get("xml", b"").rstrip().endswith(b"</nmaprun>")
        (run,) = scan(tmp_path, loopback, ports=port, host_seconds=2.0)
        assert run.error == "host not finished after 2 s"
    (run,) = scan(tmp_path, loopback, ports="9", limit=50)
    assert run.error.endswith("longer than 50 bytes")
    assert "stdout" in run.truncated
    assert run.outputs["stdout"] == run.outputs["stdout"][:50]


@pytest.mark.parametrize("ports", ["22 -iL x", "-oN", "22;id", "", "-p22", "$(id)", "--script"])
def test_what_is_no_list_of_ports(ports):
    with pytest.raises(SettingsError, match="no list of ports"):
        nmap.NmapLimits(ports=ports)


def test_port_lists():
    for ports in ("22", "22,80,443", "1-1024", "-", "U:53,T:22", "http*", "[1-1024]"):
        assert nmap.NmapLimits(ports=ports).options()[:2] == ("-p", ports)


def test_ipv6_is_told_to_nmap():
    job = nmap.NmapJob(
        parse_target("::1", [Kind.ADDRESS]), "ping", pick(load_profiles(), "nmap", "ping"), nmap.NmapLimits()
    )  # fmt: skip
    assert "-6" in job.command


def test_root_is_asked_for_only_where_it_is_needed(monkeypatch):
    profiles = load_profiles()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.delenv("NMAP_PRIVILEGED", raising=False)
    nmap.check_rights("services", pick(profiles, "nmap", "services"), ())
    with pytest.raises(
        ToolError, match="'udp' needs root for raw sockets: run it with sudo, or use one of quick"
    ):
        nmap.check_rights("udp", pick(profiles, "nmap", "udp"), ("quick",))
    monkeypatch.setenv("NMAP_PRIVILEGED", "1")
    nmap.check_rights("udp", pick(profiles, "nmap", "udp"), ())


@pytest.mark.parametrize(
    ("tool", "package"), [("nmap", "nmap"), ("dig", "bind9-dnsutils"), ("whois", "whois")]
)
def test_a_missing_program_names_its_package(acquire, tool, package):
    done = acquire(tool, "192.0.2.1", env={"PATH": str(acquire.folder)})
    assert done.returncode == 2
    assert (
        f"{tool} is not installed; on Debian and Ubuntu: sudo apt-get install {package}"
        in done.stderr
    )
    assert not (acquire.folder / "runs").exists()


def test_the_permission_note_is_said_until_it_is_accepted(acquire, need, loopback):
    need("nmap")
    arguments = ("nmap", loopback, "--profile", "ping")
    assert acquire(*arguments).stderr.count("scan only machines whose owner has permitted it") == 1
    assert "permitted" in acquire(*arguments).stderr
    assert acquire(*arguments, "--i-have-permission").stderr == ""
    done = acquire(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "nmap: 0 stored, 1 there before; runs/nmap.jsonl\n"


def test_a_failed_target_ends_nothing(acquire, need, name_service):
    need("dig")
    (acquire.folder / "targets").write_text(
        f"# zone\n{name_service.zone.origin}\n-iL\nexample.com; id\n"
    )
    arguments = ("dig", "--targets", "targets", "--server", name_service.address, "--port", name_service.port,
                 "--types", "A,MX", "--layout", "default", "--layout", "short")  # fmt: skip
    done = acquire(*arguments)
    assert done.returncode == 3
    assert done.stdout == "dig: 4 stored, 2 failed; runs/dig.jsonl\n"
    assert (
        "decloak: targets:3: '-iL' is not a host or domain name or an IP address\n" in done.stderr
    )
    assert "decloak: targets:4: 'example.com; id' is not" in done.stderr
    again = acquire(*arguments)
    assert again.stdout == "dig: 0 stored, 4 there before, 2 failed; runs/dig.jsonl\n"


def test_usage_errors(acquire, need):
    need("whois", "nmap", "dig")
    for arguments, said in (
        (("whois",), "no target: name some"),
        (("whois", "a.example", "--referrals", "1"), "belong to a --server"),
        (("whois", "a.example", "--server", "-x"), "'-x' is not"),
        (("nmap", "192.0.2.1", "--profile", "nope"), "unknown nmap profile 'nope'"),
        (("nmap", "10.0.0.0/8"), "more than 65,536 addresses"),
        (("nmap", "192.0.2.1", "--name-server", "a;b"), "'a;b' is not an IP address"),
        (("dig", "a.example", "--types", "X"), "unknown record type"),
        (("dig", "--targets", "missing"), "missing: no such file"),
        (("rdap", "a.example", "--base", "ftp://x"), "is no base URL"),
    ):
        done = acquire(*arguments)
        assert (done.returncode, said in done.stderr) == (2, True), (arguments, done.stderr)
        assert "Traceback" not in done.stderr


def start(acquire, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "decloak.cli", "acquire", *map(str, arguments)],
        cwd=acquire.folder, env=acquire.environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def wait_for(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_ends_the_tool_and_keeps_what_was_there(
    acquire, need, loopback, number, status
):
    need("whois")

    def answer(q):
        return (
            [b"ok\r\n"] if q == "a.example" else (time.sleep(0.2) or b"x\r\n" for _ in range(300))
        )

    with chatting(loopback, answer) as server:
        arguments = ("whois", "a.example", "b.example", "c.example", "--server", loopback,
                     "--port", server.server_address[1], "--rate", 0)  # fmt: skip
        process = start(acquire, *arguments)
        wait_for(lambda: "b.example" in server.asked)
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
        assert process.returncode == status
        assert out == "whois: 1 stored; runs/whois.jsonl\n"
        assert "Traceback" not in err
        assert not leftovers(loopback)
        server.answer = lambda _: [b"ok\r\n"]
        assert acquire(*arguments).stdout == "whois: 2 stored, 1 there before; runs/whois.jsonl\n"
    assert server.asked == ["a.example", "b.example", "b.example", "c.example"]


def leftovers(address):
    """Whois clients that still run with this address on their command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(path.read_bytes().split(b"\0"))
    return [words for words in found if words[0] == b"whois" and address.encode() in words]


def test_a_killed_run_goes_on_where_it_was(acquire, need, loopback):
    need("whois")
    names = [f"n{i}.example" for i in range(40)]
    (acquire.folder / "targets").write_text("\n".join(names))
    with chatting(loopback, lambda q: [f"Domain Name: {q}\r\n".encode() * 50]) as server:
        arguments = ("whois", "--targets", "targets", "--server", loopback, "--rate", 0,
                     "--port", server.server_address[1])  # fmt: skip
        process = start(acquire, *arguments)
        store = RunStore(acquire.folder / "runs")
        wait_for(lambda: len(list(store.runs("whois"))) >= 5)
        process.kill()
        process.communicate()
        before = list(store.runs("whois"))
        assert 5 <= len(before) < 40
        with store.path("whois").open("ab") as stream:
            stream.write(b'{"id": "torn')  # as if the kill had come in the middle of a line
        done = acquire(*arguments)
    assert done.returncode == 0
    assert f"{len(before)} there before" in done.stdout
    after = list(store.runs("whois"))
    assert after[: len(before)] == before
    assert [run.target for run in after] == names


def test_a_full_disk_in_the_middle(acquire, need, loopback):
    need("whois", "mount", "umount")
    disk = acquire.folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system needs root")
    try:
        with chatting(loopback, lambda _: [b"x" * 9_999 + b"\r\n"]) as server:
            arguments = ("whois", *(f"n{i}.example" for i in range(20)), "--server", loopback,
                         "--rate", 0, "--port", server.server_address[1])  # fmt: skip
            full = acquire(*arguments, "--store", "disk/runs")
            assert full.returncode == 3
            assert "no space left on device; the runs stored before are intact" in full.stderr
            kept = list(RunStore(disk / "runs").runs("whois"))
            assert 3 <= len(kept) < 20
            assert len(server.asked) == len(kept) + 1
            shutil.copytree(disk / "runs", acquire.folder / "roomy")
            done = acquire(*arguments, "--store", "roomy")
        assert done.returncode == 0
        assert f"{20 - len(kept)} stored, {len(kept)} there before" in done.stdout
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_network_too_large_is_refused_by_the_library_too():
    with pytest.raises(InputError, match="65,536"):
        list(
            nmap.nmap_jobs(
                [parse_target("10.0.0.0/8", nmap.KINDS)],
                "x",
                pick(load_profiles(), "nmap", "ping"),
                nmap.NmapLimits(),
            )
        )


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(load_profiles()["nmap"]))
def test_nmap_takes_every_profile(tmp_path, need, loopback, name):
    need("nmap")
    profile = pick(load_profiles(), "nmap", name)
    if profile.root and os.geteuid() != 0:
        pytest.skip("needs root")
    fixed = {"-F", "-sn"} & set(profile.options)
    (run,) = scan(tmp_path, loopback, name, ports=None if fixed else "9", host_seconds=60.0)
    assert run.error is None
    assert "Host is up" in run.text("normal")


def test_whois_takes_the_profiles(tmp_path, need, loopback):
    need("whois")
    with chatting(loopback, lambda _: [b"Domain Name: A.EXAMPLE\r\n"]) as server:
        for name in ("default", "verbose", "no-disclaimers", "no-recursion"):
            port = server.server_address[1]
            (run,) = ask(tmp_path / name, loopback, port, "a.example", profile=name)
            assert (run.error, run.command.count("--no-recursion")) == (None, 1)
            assert "Domain Name: A.EXAMPLE" in run.text("stdout")


def test_a_scan_that_fills_the_disk_is_a_failure(acquire, need, loopback):
    need("nmap", "mount", "umount")
    disk = acquire.folder / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(disk)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system needs root")
    try:
        network = loopback.rpartition(".")[0] + ".0/26"
        arguments = ("nmap", network, "--profile", "quick", "--max-rate", 0, "--no-resolve")
        done = acquire(*arguments, env={"TMPDIR": str(disk)})
        assert done.returncode == 2
        (run,) = RunStore(acquire.folder / "runs").runs("nmap")
        assert run.error is not None
        assert run.error in done.stderr
        assert not run.text("xml").rstrip().endswith("</nmaprun>")
        assert acquire(*arguments).returncode == 0
        assert len(list(RunStore(acquire.folder / "runs").done("nmap"))) == 1
    finally:
        subprocess.run(["umount", str(disk)], check=True)
