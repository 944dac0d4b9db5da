"""Lookups: what dig prints for one question."""

from __future__ import annotations

from decloak.evaluation.hosts.draw import Draw
from decloak.evaluation.records.drawn import Record

__all__ = ["dig_answer", "dig_default"]


def _answers(draw: Draw) -> tuple[str, str, list[tuple[str, Record]]]:
    rng = draw.rng
    name, kind = draw.domain(), rng.choice(("A", "AAAA", "MX", "NS", "TXT", "SOA"))
    found: list[tuple[str, Record]] = []
    for _ in range(1 if kind == "SOA" else rng.randint(1, 4)):
        ttl = str(rng.randint(30, 86400))
        record: Record = {"kind": "answer", "name": name, "ttl": ttl, "type": kind}
        target = draw.domain()
        data = {
            "A": draw.ipv4(), "AAAA": draw.ipv6(), "MX": f"10 {target}.", "NS": f"{target}.",
            "TXT": f'"v=spf1 include:{target} -all"', "SOA": f"{target}. hostmaster.{name}. 1 7200 3600 1209600 300",
        }[kind]  # fmt: skip
        if kind in {"A", "AAAA"}:
            record["address"] = data
        elif kind != "TXT":
            record["target"] = target
        found.append((f"{name}.\t\t{ttl}\tIN\t{kind}\t{data}\n", record))
    return name, kind, found


def dig_default(draw: Draw) -> tuple[str, Record]:
    """Return the default output, with its sections."""
    rng = draw.rng
    name, kind, found = _answers(draw)
    server = draw.ipv4()
    text = (
        f"\n; <<>> DiG 9.18.24 <<>> {name} {kind}\n;; global options: +cmd\n;; Got answer:\n"
        f";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: {rng.randint(1, 65535)}\n"
        f";; flags: qr rd ra; QUERY: 1, ANSWER: {len(found)}, AUTHORITY: 0, ADDITIONAL: 1\n\n"
        ";; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n"
        f";; QUESTION SECTION:\n;{name}.\t\tIN\t{kind}\n\n;; ANSWER SECTION:\n"
        + "".join(line for line, _ in found)
        + f"\n;; Query time: {rng.randint(0, 90)} msec\n;; SERVER: {server}#53({server}) (UDP)\n"
        ";; WHEN: Tue Mar 05 10:22:33 UTC 2024\n;; MSG SIZE  rcvd: 120\n"
    )
    record: Record = {
        "kind": "query", "name": name, "type": kind, "server": server, "port": "53", "status": "NOERROR",
        "answers": [record for _, record in found],
    }  # fmt: skip
    return text, record


def dig_answer(draw: Draw) -> tuple[str, Record]:
    """Return ``+noall +answer``, behind the command that asked."""
    name, kind, found = _answers(draw)
    text = f"$ dig +noall +answer {name} {kind}\n" + "".join(line for line, _ in found)
    return text, {"kind": "query", "answers": [record for _, record in found]}
