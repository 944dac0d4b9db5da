"""The service under load and under attack, from another process over real connections.

python benchmarks/service.py load [--size BYTES] [--seconds S]       throughput beside `extract`, latency below saturation
python benchmarks/service.py soak [--requests N]                     memory, descriptors and processes over many requests
python benchmarks/service.py hostile [--seconds S] [--burst N]       slow, broken, lying, vanishing clients; poison; killed workers

Ends with 1 where a request was lost or something leaks. All from a seed; the client is bare asyncio, to cost little.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import resource
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import decloak
from corpus import text_of

HOST = "127.0.0.1"
_TICKS = os.sysconf("SC_CLK_TCK")
_SETTLE = 3.0


class Served:
    """A service in processes of its own, and what they use."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port, self.process = port, process

    def pids(self) -> list[int]:
        """Return its processes, the server first; also those whose parent was killed, not those that ended."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    state, _, _, session = _stat(int(entry.name))[:4]
                    if int(session) == self.process.pid and state != "Z":
                        found.append(int(entry.name))
        return sorted(found, key=lambda pid: (pid != self.process.pid, pid))

    def cpu(self) -> tuple[float, float]:
        """Return CPU seconds of the server itself, and of its workers."""
        server, *workers = (sum(map(int, _stat(pid)[11:13])) / _TICKS for pid in self.pids())
        return server, sum(workers)

    def used(self) -> dict[str, int]:
        """Return megabytes (proportional), open descriptors and processes."""
        memory = files = server = 0
        pids = self.pids()
        for pid in pids:
            with contextlib.suppress(OSError):
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
                memory += int(
                    next(x for x in rollup.splitlines() if x.startswith("Pss:")).split()[1]
                )
                files += len([*Path(f"/proc/{pid}/fd").iterdir()])
                server = server or memory
        return {
            "MB": memory // 1024,
            "MB of the server": server // 1024,
            "descriptors": files,
            "processes": len(pids),
        }


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on."""
    return Path(f"/proc/{pid}/stat").read_text("latin-1").rpartition(")")[2].split()


@contextlib.contextmanager
def served(workers: int, *options: str) -> Iterator[Served]:
    """Start a service and wait until it is ready."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "decloak.cli", "serve", "--port", str(port), "-q"]
    command += ["--workers", str(workers), "--tagger", "off", *options]
    with subprocess.Popen(command, start_new_session=True) as process:
        try:
            for _ in range(1_200):
                time.sleep(0.1)
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=5)
                    break
            yield Served(port, process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(90)


class Line:
    """A connection that is kept."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._pair: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Return status and body of an answer.

        Raises:
            OSError: when there is none.
            EOFError: likewise.
        """
        if self._pair is None:
            self._pair = await asyncio.open_connection(HOST, self._port)
        reader, writer = self._pair
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            lines = head.decode("latin-1").lower().split("\r\n")
            length = next((x for x in lines if x.startswith("content-length:")), "content-length:0")
            body = await reader.readexactly(int(length.partition(":")[2]))
        except (OSError, EOFError):
            self.close()
            raise
        if "connection: close" in lines:
            self.close()
        return int(lines[0].split()[1]), body

    def close(self) -> None:
        """Drop it."""
        if self._pair is not None:
            self._pair[1].close()
            self._pair = None


def post(
    body: bytes, media: str = "text/plain", path: str = "/v1/extract", length: int = -1
) -> bytes:
    """Return a request."""
    size = len(body) if length < 0 else length
    head = f"POST {path} HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: {media}\r\ncontent-length: {size}\r\n\r\n"
    return head.encode() + body


def documents(size: int, count: int) -> list[str]:
    """Return texts of about a size, no two alike."""
    return [text_of(size, seed)[0][:size] for seed in range(count)]


# load


async def _closed_loop(port: int, requests: list[bytes], lines: int, seconds: float) -> int:
    """Ask over so many connections at a time, as fast as answers come; return how many came."""
    end, done = time.monotonic() + seconds, 0

    async def one(number: int) -> None:
        nonlocal done
        line = Line(port)
        while time.monotonic() < end:
            number += lines
            status, _ = await line.ask(requests[number % len(requests)])
            done += status == 200
        line.close()

    await asyncio.gather(*(one(number) for number in range(lines)))
    return done


async def _open_loop(port: int, requests: list[bytes], rate: float, seconds: float) -> list[float]:
    """Ask at a rate, whether answers have come or not; return how long each took."""
    free: list[Line] = []
    took: list[float] = []

    async def one(request: bytes) -> None:
        line = free.pop() if free else Line(port)
        start = time.monotonic()
        status, _ = await line.ask(request)
        if status == 200:
            took.append(time.monotonic() - start)
        free.append(line)

    rng, waiting, end = random.Random(1), [], time.monotonic() + seconds
    while time.monotonic() < end:
        waiting.append(asyncio.ensure_future(one(rng.choice(requests))))
        await asyncio.sleep(rng.expovariate(rate))
    await asyncio.gather(*waiting)
    for line in free:
        line.close()
    return took


def alone(size: int, seconds: float) -> int:
    """Print CPU seconds of `extract` per document, and documents per second."""
    texts = documents(size, 50)
    for text in texts[:10]:
        decloak.extract(text, tagger="off")
    start, cpu, count = time.monotonic(), time.process_time(), 0
    while time.monotonic() - start < seconds:
        decloak.extract(texts[count % len(texts)], tagger="off")
        count += 1
    print((time.process_time() - cpu) / count, count / (time.monotonic() - start))
    return 0


def _beside(size: int, seconds: float, workers: int) -> tuple[float, float]:
    """Return the same of so many processes at a time, which have nothing else to do."""
    command = [sys.executable, __file__, "alone", "--size", str(size), "--seconds", str(seconds)]
    every = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(workers)]
    rows = [tuple(map(float, each.communicate()[0].split())) for each in every]
    return statistics.mean(row[0] for row in rows), sum(row[1] for row in rows)


def load(size: int, seconds: float, rounds: int, workers: int) -> int:
    """Print throughput beside `extract` in as many processes, and latency at a third of it."""
    requests = [post(text.encode()) for text in documents(size, 50)]
    inside: list[tuple[float, float]] = []
    outside: list[tuple[float, float, float]] = []
    with served(workers) as service:
        asyncio.run(_closed_loop(service.port, requests, 4, 2))
        for _ in range(rounds):
            inside.append(_beside(size, seconds, workers))
            before, clock = service.cpu(), time.monotonic()
            done = asyncio.run(_closed_loop(service.port, requests, 8 * workers, seconds))
            used = [(b - a) / done for a, b in zip(before, service.cpu(), strict=True)]
            outside.append((used[0], used[1], done / (time.monotonic() - clock)))
        extract, rate = (statistics.median(row[n] for row in inside) for n in (0, 1))
        server, others, served_rate = (
            statistics.median(row[n] for row in outside) for n in range(3)
        )
        print(f"{size} bytes: extract {extract * 1e3:.2f} ms of CPU; service {(server + others) * 1e3:.2f} ms: "
              f"workers {others * 1e3:.2f}, server {server * 1e3:.2f}")  # fmt: skip
        print(f"CPU time, extract / service: {extract / (server + others):.2f}; by the clock {served_rate / rate:.2f} "
              f"({served_rate:.0f}/s of {rate:.0f}/s)")  # fmt: skip
        low = served_rate / 3
        took = sorted(asyncio.run(_open_loop(service.port, requests, low, seconds * rounds)))
        middle, late = took[len(took) // 2], took[int(len(took) * 0.99)]
        print(f"at {low:.0f}/s, of {len(took)}: median {middle * 1e3:.1f} ms, p99 {late * 1e3:.1f} ms, "
              f"{late / middle:.1f} times")  # fmt: skip
    return 0


# soak


async def _soak(service: Served, requests: int, lines: int) -> list[tuple[int, dict[str, int]]]:
    rows, done, lost = [], 0, 0
    step = max(requests // 10, 1)

    async def one() -> None:
        nonlocal done, lost
        line = Line(service.port)
        while done < requests:
            done += 1
            number = done
            text = f"seen {number}: host{number}.example.org 10.{number % 250}.{number % 199}.7 CVE-2021-{number:05}"
            status, body = await line.ask(post(text.encode()))
            lost += status != 200 or f"host{number}.".encode() not in body
            if number % step == 0:
                rows.append((number, service.used()))
        line.close()

    await asyncio.gather(*(one() for _ in range(lines)))
    if lost:
        print(f"{lost} requests without a right answer")
        sys.exit(1)
    return rows


def soak(requests: int, workers: int) -> int:
    """Print what the service holds after each tenth; 1 where it grows in the second half."""
    with served(workers) as service:
        start, before = time.monotonic(), service.cpu()
        rows = asyncio.run(_soak(service, requests, 16))
        took, cpu = time.monotonic() - start, sum(service.cpu()) - sum(before)
    print(f"{requests} requests in {took:.0f} s, {cpu / requests * 1e3:.2f} ms of CPU each")
    for number, used in rows:
        print(number, *(f"{value} {name}" for name, value in used.items()))
    if len(rows) < 4:
        return 0
    middle, last = rows[len(rows) // 2][1], rows[-1][1]
    grown = last["MB"] > middle["MB"] * 1.05 + 5 or last["processes"] > middle["processes"]
    return int(grown or last["descriptors"] > middle["descriptors"] + 20)


# hostile

_BROKEN = (
    ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
    ("multipart/form-data", b"--x"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nno end'),
    ("application/json", b"%PDF-1.7\n"),
    ("application/json", b'{"text": "\xff"}'),
    ("application/json", b"[" * 100_000),
    ("text/plain", b"\x00\x01" * 500),
    ("text/plain", b"PK\x03\x04" + b"\x00" * 100),
    ("application/pdf", b"x"),
    ("text/plain; charset=nosuch", b"\x1f\x8b\x08\x00garbage"),
)  # fmt: skip


class Attack:
    """Every kind of client at once.

    Attributes:
        seen: answers by kind and status.
        lost: requests that were sent whole, and got no answer or a wrong one.
    """

    def __init__(self, service: Served, seconds: float, burst: int) -> None:
        self.service, self.end, self.burst = service, time.monotonic() + seconds, burst
        self.seen: Counter[tuple[str, int]] = Counter()
        self.lost: Counter[str] = Counter()
        self.rng = random.Random(7)

    def note(self, kind: str, status: int) -> None:
        """Count an answer."""
        self.seen[kind, status] += 1

    async def honest(self) -> None:
        """Ask what has one right answer."""
        line = Line(self.service.port)
        while time.monotonic() < self.end:
            await self.small(line, "honest")
        line.close()

    async def small(self, line: Line, kind: str) -> None:
        """Ask once; a busy service is an answer, and so is a worker that was killed at it."""
        number = self.rng.randrange(1 << 30)
        try:
            status, body = await line.ask(post(f"from host{number}.example.org".encode()))
        except (OSError, EOFError):
            self.lost[kind] += 1
            return
        self.note(kind, status)
        right = status == 200 and f"host{number}.".encode() in body
        said = status in {429, 500} and b'"error"' in body
        self.lost[kind] += not right and not said
        if status == 429:
            await asyncio.sleep(self.rng.random() / 10)

    async def broken(self) -> None:
        """Send what is none of what it says it is."""
        line = Line(self.service.port)
        while time.monotonic() < self.end:
            media, body = self.rng.choice(_BROKEN)
            try:
                status, said = await line.ask(post(body, media))
            except (OSError, EOFError):
                self.lost["broken"] += 1
                continue
            self.note("broken", status)
            self.lost["broken"] += status >= 500 and b"died" not in said
            await asyncio.sleep(0.02)
        line.close()

    async def slow(self) -> None:
        """Send a byte now and then, and never the end."""
        while time.monotonic() < self.end:
            line = Line(self.service.port)
            asking = asyncio.ensure_future(line.ask(post(b"x" * 10, length=1_000)))
            try:
                status, _ = await asking
                self.note("slow", status)
            except (OSError, EOFError):
                self.lost["slow"] += 1
            line.close()

    async def vanishing(self) -> None:
        """Send a whole request or half of one, and go."""
        while time.monotonic() < self.end:
            whole = post(b"198.51.100.7 " * 2_000)
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(HOST, self.service.port)
                writer.write(whole[: self.rng.choice((5, 200, len(whole)))])
                await writer.drain()
                writer.close()
            self.note("vanished", 0)
            await asyncio.sleep(0.05)

    async def poison(self) -> None:
        """Send what takes longer than a document may."""
        text = "\n".join(f"host{n}.example.org 10.0.{n % 250}.{n % 199}" for n in range(60_000))
        request = post(text.encode())
        line = Line(self.service.port)
        while time.monotonic() < self.end:
            try:
                status, _ = await line.ask(request)
                self.note("poison", status)
            except (OSError, EOFError):
                self.lost["poison"] += 1
            await asyncio.sleep(1)
        line.close()

    async def killer(self) -> None:
        """Kill a worker now and then."""
        while time.monotonic() < self.end:
            await asyncio.sleep(2)
            workers = self.service.pids()[1:]
            if workers:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.rng.choice(workers), signal.SIGKILL)
                    self.note("killed", 0)

    async def bursts(self) -> None:
        """Ask all at once, each over a connection of its own; again and again."""

        async def one() -> None:
            line = Line(self.service.port)
            await self.small(line, "burst")
            line.close()

        while time.monotonic() < self.end:
            await asyncio.sleep(1)
            await asyncio.gather(*(one() for _ in range(self.burst)))
            self.note("bursts", 0)

    async def all(self) -> None:
        """Do everything at once, then ask once more."""
        await asyncio.gather(
            *(self.honest() for _ in range(8)), self.broken(), self.broken(), self.slow(), self.slow(),
            self.vanishing(), self.poison(), self.killer(), self.bursts(),
        )  # fmt: skip
        line = Line(self.service.port)
        await asyncio.sleep(_SETTLE)
        status, _ = await line.ask(post(b"198.51.100.7"))
        self.note("after", status)
        self.lost["after"] += status != 200
        line.close()
        await asyncio.sleep(_SETTLE)


def hostile(seconds: float, burst: int, workers: int) -> int:
    """Print what came of every kind; 1 where an answer is missing or something leaks."""
    limits = ("--seconds", "1", "--body-seconds", "3")
    with served(workers, *limits) as service:
        asyncio.run(_closed_loop(service.port, [post(b"198.51.100.7")], 8, 1))
        time.sleep(_SETTLE)
        before = service.used()
        attack = Attack(service, seconds, burst)
        asyncio.run(attack.all())
        after = service.used()
    for (kind, status), count in sorted(attack.seen.items()):
        print(kind, status or "", count)
    lost = {kind: count for kind, count in attack.lost.items() if count}
    print(f"without a right answer: {json.dumps(lost)}")
    print(f"before: {json.dumps(before)}; after: {json.dumps(after)}")
    leaks = (
        after["processes"] > before["processes"]
        or after["descriptors"] > before["descriptors"] + 5
        or after["MB"] > before["MB"] * 1.5 + 50
    )
    return int(bool(lost) or leaks)


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", choices=("load", "soak", "hostile", "alone"))
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--burst", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if asked.what == "load":
        return load(asked.size, asked.seconds, asked.rounds, asked.workers)
    if asked.what == "alone":
        return alone(asked.size, asked.seconds)
    if asked.what == "soak":
        return soak(asked.requests, asked.workers)
    return hostile(asked.seconds, asked.burst, asked.workers)


if __name__ == "__main__":
    sys.exit(main())
