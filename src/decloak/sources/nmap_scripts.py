"""NSE script output in Nmap's normal output: the fields whose meaning is certain.

Scripts print what a server told them, so most of their text stays plain text for the patterns.
Noted here is what only the script's own layout says: that ``vm`` after ``FQDN:`` is a host, that a
colon-separated run after a key size is a fingerprint and not an address.
"""

from __future__ import annotations

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.indicators.engine import Match, compile_pattern
from decloak.sources.names import label_of_name, note_name
from decloak.sources.nmap_versions import split_name_version
from decloak.sources.products import note_products

__all__ = ["ScriptReader"]

_ID = compile_pattern(rb"\|[ _]([a-z][a-z0-9]*(?:[-_.][a-z0-9]+)*):(?:[ \t]|$)")
_KEY = compile_pattern(rb"[ \t]*([A-Za-z][A-Za-z0-9_. -]{0,40}?):[ \t]+([^\n]*)")
_SUBJECT_KEY = compile_pattern(rb"(?:^|[/ ])([A-Za-z][A-Za-z0-9.]*)=")
_ALTERNATIVE = compile_pattern(rb"\b(?:DNS|IP Address):([^,\s]+)|\bemail:([^,\s]+)")
_DIGEST = compile_pattern(
    rb"\b(?:MD5|SHA-1|SHA-256):[ \t]*([0-9a-f]{4}(?:[ :]?[0-9a-f]{4}){7,15})\b"
)
_FINGERPRINT = compile_pattern(rb"^[ \t]*[0-9]{3,5} ([0-9a-f]{2}(?::[0-9a-f]{2}){15}) ")
_CVE = compile_pattern(rb"(?:^|[^/=0-9A-Za-z-])(CVE-[0-9]{4}-[0-9]{4,7})\b")
_CPE = compile_pattern(rb"cpe:[/2][^ \t,;\n]+")
_NETBIOS = compile_pattern(
    rb"NetBIOS name: ([^ ,]+), NetBIOS user: [^,]*, NetBIOS MAC: "
    rb"(?:([0-9A-Fa-f:]{17}) \(([^)]*)\))?"
)
_BANNER = compile_pattern(rb"([A-Za-z][A-Za-z0-9_.+-]*)/(v?[0-9][^ \t/();,]*)")
_GENERATOR = compile_pattern(
    rb"([A-Za-z][A-Za-z0-9!. ]{0,60}?)[ \t]+v?([0-9]+(?:\.[0-9A-Za-z-]+)+)"
)
_SYSTEM = compile_pattern(rb"([^(\n]*[^( \t\n])(?:[ \t]+\((.*)\))?")
_NUMBERED = compile_pattern(rb"v?[0-9]+(?:[.][0-9A-Za-z~+-]+)+")

_SUBJECT_LABELS = {b"organizationName": "ORGANIZATION", b"emailAddress": "EMAIL"}
# Keys, folded, whose value is the name of a host or a domain, whichever script printed them.
_NAME_KEYS = frozenset(
    {
        "fqdn", "dns_computer_name", "dns_domain_name", "dns_tree_name", "dns_forest_name",
        "domain_name", "forest_name", "computer_name", "netbios_computer_name", "dnshostname",
    }
)  # fmt: skip
_VERSION_KEYS = frozenset({"product_version", "bind.version"})
_VERSION_SCRIPTS = frozenset({b"mysql-info", b"redis-info", b"mongodb-info", b"couchdb-databases"})
_NO_VALUE = frozenset({"<unknown>", "unknown", "n/a", "null", "workgroup"})
_MAX_LINE = 65536


class ScriptReader:
    """Reads script output line by line; remembers which script is speaking."""

    def __init__(self, view: View, facts: Facts) -> None:
        self._view = view
        self._facts = facts
        self._id = b""

    def read(self, offset: int, line: bytes, host: int, port: int) -> None:
        """Read one line that starts with ``|``.

        Args:
            offset: where the line starts.
            line: its shadow.
            host: the host's record, or -1.
            port: the port's record, or -1 for a script about the host.
        """
        if len(line) > _MAX_LINE:
            return
        start = 2
        if line[2:3] not in {b" ", b"\t", b""} and (match := _ID.match(line)):
            self._id = match.group(1)
            start = match.end()
        script = self._id
        body = line[start:].rstrip()
        offset += start
        if not body or not script:
            return
        if script == b"ssl-cert":
            self._certificate(offset, body)
        elif script in {b"http-server-header", b"http-generator"}:
            self._software(offset, body)
        elif script == b"ssh-hostkey":
            self._host_key(offset, body)
        elif script == b"nbstat":
            self._netbios(offset, body)
        elif b"vuln" in script:
            self._vulnerabilities(offset, body, host, port)
        else:
            self._keyed(offset, body)

    def _note(
        self, label: str, offset: int, match: Match, group: int, value: str | None = None
    ) -> None:
        start, end = match.span(group)
        if start >= 0:
            detail = "script." + self._id.decode("latin-1")
            self._facts.note(label, offset + start, offset + end, detail, value)

    def _certificate(self, offset: int, body: bytes) -> None:
        detail = "script.ssl-cert"
        keys = list(_SUBJECT_KEY.finditer(body))
        ends = [match.start() for match in keys[1:]] + [len(body)]
        for match, end in zip(keys, ends, strict=False):  # a value may hold slashes of its own
            kind, start = match.group(1), match.end()
            if kind == b"commonName":
                note_name(self._view, offset + start, offset + end, self._facts, detail)
            elif kind in _SUBJECT_LABELS:
                self._facts.note(_SUBJECT_LABELS[kind], offset + start, offset + end, detail)
        for match in _ALTERNATIVE.finditer(body):
            if match.start(1) >= 0:
                start, end = match.span(1)
                note_name(self._view, offset + start, offset + end, self._facts, detail)
            else:
                self._note("EMAIL", offset, match, 2)
        for match in _DIGEST.finditer(body):
            plain = match.group(1).translate(None, b" :").decode("ascii")
            if len(plain) in {32, 40, 64}:
                self._note("HASH", offset, match, 1, plain)

    def _software(self, offset: int, body: bytes) -> None:
        found = list(_BANNER.finditer(body)) or list(_GENERATOR.finditer(body))[:1]
        for match in found:
            self._note("SOFTWARE", offset, match, 1)
            self._note("VERSION", offset, match, 2)

    def _host_key(self, offset: int, body: bytes) -> None:
        match = _FINGERPRINT.match(body)
        if match is not None:
            self._note("FINGERPRINT", offset, match, 1)

    def _netbios(self, offset: int, body: bytes) -> None:
        match = _NETBIOS.search(body)
        if match is None:
            return
        if not match.group(1).startswith(b"<"):
            self._note("HOSTNAME", offset, match, 1)
        if match.start(2) >= 0:
            self._note("MAC_ADDRESS", offset, match, 2)
            if match.group(3).lower() != b"unknown":
                self._note("ORGANIZATION", offset, match, 3)

    def _vulnerabilities(self, offset: int, body: bytes, host: int, port: int) -> None:
        record = port if port >= 0 else host
        for pattern, label, field, group in (
            (_CVE, "CVE", "vulnerabilities", 1),
            (_CPE, "CPE", "cpes", 0),
        ):
            for match in pattern.finditer(body):
                start, end = match.span(group)
                while end > start and body[end - 1] in b":.":
                    end -= 1
                if record >= 0:
                    self._facts.add(record, field, label, offset + start, offset + end)
                else:
                    self._facts.note(label, offset + start, offset + end, "script.vuln")

    def _keyed(self, offset: int, body: bytes) -> None:
        match = _KEY.match(body)
        if match is None:
            return
        key = match.group(1).decode("latin-1").lower().replace(" ", "_")
        start, end = match.span(2)
        detail = "script." + self._id.decode("latin-1")
        if key in _NAME_KEYS:
            self._host_name(offset + start, offset + end, detail)
        elif key in _VERSION_KEYS or (key == "version" and self._id in _VERSION_SCRIPTS):
            self._version(offset + start, match.group(2), detail)
        elif key == "os" and self._id == b"smb-os-discovery":
            system = _SYSTEM.match(match.group(2))
            if system is not None:
                self._note("OS", offset + start, system, 1)
                # In brackets: what serves the shares, on Windows the system once more.
                if system.start(2) >= 0 and not system.group(2).startswith(system.group(1)[:7]):
                    a, b = system.span(2)
                    note_products(
                        self._view, offset + start + a, offset + start + b, self._facts, detail
                    )
        elif key == "os_cpe":
            self._note("CPE", offset, match, 2)

    def _host_name(self, start: int, end: int, detail: str) -> None:
        # NetBIOS names are printed with their closing NUL, escaped.
        value = self._view.text[start:end].split("\\x00")[0].strip()
        label = label_of_name(value) if value.lower() not in _NO_VALUE else ""
        if label:
            self._facts.note(label, start, start + len(value), detail)

    def _version(self, start: int, value: bytes, detail: str) -> None:
        parts = split_name_version(value)
        if parts is not None:
            for label, (a, b) in zip(("SOFTWARE", "VERSION"), parts, strict=True):
                self._facts.note(label, start + a, start + b, detail)
        elif _NUMBERED.fullmatch(value):
            self._facts.note("VERSION", start, start + len(value), detail)
