"""Honest text that looks disguised and is not: what a decoder must leave alone."""

from __future__ import annotations

import base64
from random import Random

from decloak.evaluation.hosts.draw import Draw

__all__ = ["honest_texts"]

IDN = ("münchen.example", "bücher.example", "españa.example", "пример.example", "例え.example",
       "παράδειγμα.example", "क्षेत्र.example", "москва.example", "café.example", "smörgås.example")  # fmt: skip
PROSE = (
    "Die Behörde prüfte am 3. März, ob für die Geräte in Köln und Zürich Updates verfügbar sind.",
    "Größere Städte wie München, Düsseldorf und Nürnberg melden Störungen im Netz.",
    "L'été dernier, l'équipe a déployé un nouveau système à l'hôpital ; tout s'est bien passé.",
    "Où est le fichier où l'on a noté les numéros ? Il a été déplacé à côté du dossier « reçus ».",
    "El año pasado la compañía registró más señales que nunca en la región de Cataluña.",
    "Zażółć gęślą jaźń, powiedział administrator, patrząc na błędy w dzienniku.",
    "Сервер был обновлён вчера, и журнал не показывает ошибок.",
    "Ο διακομιστής ενημερώθηκε χθες και λειτουργεί κανονικά.",
    "Müşteri hizmetleri İstanbul'da çalışıyor; ışıklar açık.",
    "It's an A-to-Z of the so-called 'state-of-the-art' - e.g. well-known, off-the-shelf tools.",
    "The 1st, 2nd and 3rd stage take 10, 20 and 30 seconds; see sec. 4.2 (p. 17) for details.",
    "We use at least 2 of 3 replicas, at 95 % load, dot the i's and cross the t's.",
    "Meet me at noon. Dot com companies are a thing of the past, he said at dinner.",
)
CODE = (
    'printf("%5.2f%% of %d files, %s\\n", share, count, name);',
    "for (i = 0; i < n; i++) { a[i] = b[i] * c[i]; }",
    "if (x[0] == '.') return y[d];",
    "import os.path; from a.b import c; print(f'{x!r:>10}')",
    'std::vector<std::string> v{"a", "b"}; auto it = v.begin();',
    "re.compile(r'^(?:[0-9]{1,3}\\.){3}[0-9]{1,3}$')",
    "grep -E '^[a-z]+\\.(com|net|org)$' names.txt | sort -u",
    "s/\\(foo\\)\\.\\(bar\\)/\\2.\\1/g",
    "^https?:\\/\\/[^\\s\\/$.?#].[^\\s]*$",
    "System.out.println(args[0].length());",
    "$h{$_}++ for @list; print join '.', map { $_ & 255 } @octets;",
    "SELECT t.id, t.name FROM users t WHERE t.mail LIKE '%@%' AND t.age > 21;",
    "const url = `${base}/v1/users/${id}?q=${q}`;",
    "font-family: \"Segoe UI\", sans-serif; content: '\\201C';",
    'static const char *fmt = "%02x:%02x:%02x\\n";',
    "a.b(c).d[e].f(g)",
    'x = {.name = "a", .size = 3};',
    "\\d+\\.\\d+\\.\\d+(?:-[0-9A-Za-z.-]+)?",
)
PATHS = (
    "C:\\Windows\\System32\\drivers\\etc\\hosts",
    "C:\\Users\\admin\\AppData\\Local\\Temp\\x64\\unins000.exe",
    "\\\\fileserver\\share$\\2024\\report.docx",
    "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run",
    "/usr/lib/x86_64-linux-gnu/libssl.so.3",
    "D:\\new\\test\\u0041\\x41\\report.txt",
)
TABLES = (
    "| name | port | **note** |\n|---|---|---|\n| `web01` | 80 | _old_ |\n| `ns1` | 53 | ~~gone~~ |",
    "* one\n* two\n  * `three`\n\n1. **bold** and _italic_ text\n2. [a link](#anchor)",
    "Name\t\tValue\n----\t\t-----\nl2tp0\t\tup\neth0.100\tdown",
)
HOSTS = ("s3", "ns1", "l2tp", "web01", "db02", "mx10", "k8s", "e2e", "i18n", "h2o", "r2d2", "node-3",
         "vm1001", "lb0", "p2p", "o365", "b2b", "v4", "x1", "4chan", "1und1", "7zip", "3com")  # fmt: skip


def _armoured(rng: Random) -> str:
    body = base64.b64encode(rng.randbytes(300)).decode()
    lines = "\n".join(body[i : i + 64] for i in range(0, len(body), 64))
    return f"-----BEGIN PGP SIGNATURE-----\n\n{lines}\n=aB3d\n-----END PGP SIGNATURE-----\n"


def _names(draw: Draw) -> str:
    rng = draw.rng
    hosts = [f"{rng.choice(HOSTS)}.{draw.domain()}" for _ in range(4)]
    return "hosts: " + ", ".join([*hosts, rng.choice(IDN)]) + "\n"


def _blob(rng: Random) -> str:
    data = base64.b64encode(rng.randbytes(rng.randint(12, 90))).decode()
    return f"token={data}\nkey: {rng.randbytes(16).hex()}\nid {rng.getrandbits(32)}\n"


def honest_texts(rng: Random, count: int) -> list[tuple[str, str]]:
    """Return (kind, text), kinds in turn."""
    draw = Draw(rng)
    made: list[tuple[str, str]] = []
    for _ in range(count):
        made += [
            ("names", _names(draw)),
            ("prose", " ".join(rng.sample(PROSE, 3)) + "\n"),
            ("code", "\n".join(rng.sample(CODE, 4)) + "\n"),
            ("paths", "\n".join(rng.sample(PATHS, 3)) + "\n"),
            ("blobs", _blob(rng)),
            ("tables", rng.choice(TABLES) + "\n"),
            ("pgp", _armoured(rng)),
        ]
    return made
