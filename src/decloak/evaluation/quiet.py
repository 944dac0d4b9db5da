"""Quiet: false alarms on lines that hold no indicator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from random import Random

from decloak.core.document import Document
from decloak.core.entity import Entity
from decloak.evaluation.gold import GoldDocument
from decloak.evaluation.hosts.draw import Draw
from decloak.evaluation.report import Table, percent
from decloak.evaluation.runner import Runner

__all__ = ["INDICATORS", "quiet_lines", "quiet_sentences", "tables"]

INDICATORS = frozenset({"IP_ADDRESS", "DOMAIN", "URL", "EMAIL", "HASH", "CVE", "CIDR", "ASN",
                        "MAC_ADDRESS", "CPE", "TECHNIQUE"})  # fmt: skip
"""Labels that raise an alarm on a line where there is nothing."""

TEMPLATES = (
    "Updated {package} from {v4} to {v3}-{n}ubuntu{d}",
    "version {v4} released on {date}",
    "driver {v4} ({date}) loaded, firmware {v3}",
    "See {file} and {file2} for the changes in {v3}.",
    "edited {file}, {file2} and {file3}",
    "{time} kernel: [{n}.{n}] {word}: link is up, {n} Mbps",
    "{date} {time},{n} INFO {word}.{Word} - started in {n} ms",
    "{date}T{time}Z {word}[{n}]: {word} {word} {word}",
    "ports {n},{n},{n}-{n},{n} are in use",
    "open ports: {n}/tcp, {n}/udp, {n}/tcp",
    "{time} up {n} days, {d}:{dd}, {d} users, load average: 0.{dd}, 0.{dd}, 0.{dd}",
    "use {Word}::{Word}; my $x = {Word}::{word}->new;",
    "std::{word}<{Word}> {word} = ns::{word}();",
    "import {word}.{word}; from {word}.{word} import {Word}",
    "import java.util.{Word}; org.{word}.{word}.{Word}Exception",
    "System.IO.{Word} System.Net.{Word} using System.Text;",
    "at com.{word}.{word}.{Word}.run({Word}.java:{n})",
    "{word}.{word}({word}, {n}).{word}()",
    "this.{word} = {word}.{word}[{d}] + e.g. {word}",
    "Detected: Trojan.Win32.{Word}.gen, HEUR:Backdoor.Linux.{Word}.a",
    "The {word} is {word}.The {word} was {word}.It is {d}.{d} percent, i.e. more than {n}.",
    "The {word} {word} a {word}, e.g. {word} or {word}, cf. section {d}.{d}.{d} of the manual.",
    "Chapter {d}.{d}.{d}.{d} describes the {word}; figure {d}.{d} shows it.",
    "temperature {d}.{d} C, ratio {d}:{d}, score {d}.{dd}, {n} of {n} done",
    "{Word} {Word} said on {date} that {n} people of {n} had been reached.",
    "make[{d}]: *** [{file}:{n}: all] Error {d}",
    "-rw-r--r-- 1 root root {n} Jan {d} {hm} {file}",
    "drwxr-xr-x {d} user staff {n} {date} {hm} {word}.d",
    "{word}-{v3}.tar.gz: {n} bytes, {word}_{v3}-{d}_amd64.deb",
    "{file} | {n} ++++----",
    "commit message: fix {word} in {file} (#{n})",
    "sample rate {n} Hz, {d}.{d} dB, 16:9, {d}x{d}",
    "Error 0x{hex8}: {word} failed at 0x{hex8}",
    "{hex8}-{hex4}-{hex4}-{hex4}-{hex12}",
    "GET /{word}/{file} HTTP/1.1",
    "uid={n}({word}) gid={n}({word}) groups={n}({word})",
    "phone +1-555-01{dd}, room {d}.{dd}, extension {n}",
    "ISBN 978-3-16-{n}-{d}, pp. {n}-{n}, vol. {d}, no. {d}",
    "OID {d}.{d}.{d}.{d}.{d}.{n}.{n} ({word})",
    "{word}@{v3} {word}@^{d}.{d}.{d}",
    "@{word} please review; cc @{word}",
    "{word} = {word} ? {word}.{word} : {word}.{word};",
    "10:22:33 {word} 11:22:33:44 {word} at {hm}",
    "$ {word} --{word} {file} > /dev/null 2>&1",
    "price: ${n}.{dd}, discount {d}.{d}%, total {n}.{dd} EUR",
    "Nr. {d}, Str. {n}, bzw. {n} Stück, z.B. am {d}.{d}.2024",
    "{d}. {Word} {word} {word}, {d}. {Word} {word}",
)
EXTENSIONS = ("py", "html", "docx", "pl", "sh", "rs", "md", "zip", "txt", "conf", "log", "json", "js",
              "so", "cc", "ps", "pm", "app", "exe", "dll", "jar", "java", "mov", "xml", "yaml",
              "name", "ini", "pdf", "c", "h", "in", "do")  # fmt: skip


def quiet_lines(rng: Random, count: int) -> Iterator[str]:
    """Yield lines without any indicator: versions, files, dates, code, logs, prose."""
    draw = Draw(rng)

    def number(low: int, high: int) -> int:
        return rng.randint(low, high)

    for _ in range(count):
        files = [f"{draw.word()}.{rng.choice(EXTENSIONS)}" for _ in range(3)]
        line = rng.choice(TEMPLATES)
        while "{" in line and "}" in line:
            start = line.index("{")
            end = line.index("}", start)
            made = {
                "word": draw.word(), "Word": draw.word().title(), "package": "lib" + draw.word(),
                "v4": f"{number(0, 9)}.{number(0, 30)}.{number(0, 400)}.{number(0, 5000) + 256}",
                "v3": f"{number(0, 12)}.{number(0, 30)}.{number(0, 40)}",
                "file": files[0], "file2": files[1], "file3": files[2],
                "date": draw.date(), "time": f"{number(0, 23):02}:{number(0, 59):02}:{number(0, 59):02}",
                "hm": f"{number(0, 23):02}:{number(0, 59):02}",
                "n": str(number(2, 65000)), "d": str(number(1, 9)), "dd": str(number(10, 99)),
                "hex8": f"{rng.getrandbits(32):08x}", "hex4": f"{rng.getrandbits(16):04x}",
                "hex12": f"{rng.getrandbits(48):012x}",
            }.get(line[start + 1 : end])  # fmt: skip
            if made is None:
                break  # braces of the code itself
            line = line[:start] + made + line[end + 1 :]
        yield line


def quiet_sentences(documents: Iterable[GoldDocument]) -> Iterator[str]:
    """Yield report sentences whose gold has no indicator, from sets that label indicators."""
    for document in documents:
        if document.collection == "cyner" and not document.native & {"Indicator", "Vulnerability"}:
            yield document.text


def tables(
    runner: Runner, seed: int, count: int, sentences: Iterable[str], examples: int = 40
) -> list[Table]:
    """Measure the share of lines with an alarm; list the first alarms."""
    rng = Random(f"{seed}/quiet")  # noqa: S311 - repeatable text, no secrets
    shares = Table("Lines with a false alarm", ("lines", "count", "alarms", "share", "labels"))
    listed = Table("False alarms", ("lines", "label", "text", "line"))
    for title, lines in (("generated", quiet_lines(rng, count)), ("reports", sentences)):
        total = alarms = 0
        labels: Counter[str] = Counter()
        for line in lines:
            total += 1
            raised = _alarms(runner.run(Document("line", line)).entities)
            alarms += bool(raised)
            labels.update(entity.label for entity in raised)
            for entity in raised:
                if sum(row[0] == title for row in listed.rows) < examples:
                    listed.add(title, entity.label, entity.text, line[:160])
        if total:
            told = ", ".join(f"{label} {n}" for label, n in labels.most_common())
            shares.add(title, total, alarms, percent(alarms / total), told)
    return [shares, listed]


def _alarms(entities: Iterable[Entity]) -> list[Entity]:
    return [entity for entity in entities if entity.label in INDICATORS]
