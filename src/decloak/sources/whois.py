"""WHOIS: field names with values, sections with indented lines, and mixtures of both."""

from __future__ import annotations

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.core.remember import remembered
from decloak.indicators.engine import compile_pattern
from decloak.sources.whois_keys import meaning_of
from decloak.sources.whois_reader import WhoisReader

__all__ = ["WHOIS", "Whois"]

_ANCHOR = (
    rb"(?mi)^[ \t>|*]{0,40}(?:(?:registry |complete )?domain(?: name| id)?(?: ace| idn)?[ .\t]{0,40}:[ \t]*\S"
    rb"|(?:sponsoring |current )?registrar(?: name| url| iana id| whois server| abuse contact email)?[ .\t]{0,40}:"
    rb"|regist(?:rant|ry)[ \w/'()-]{0,30}[ .\t]{0,40}:|(?:admin|tech|billing|owner)(?:istrative|nical)?[ -]"
    rb"(?:contact[ \w]{0,20}|name|organi[sz]ation|e-?mail|city|street|country|phone|c)[ .\t]{0,40}:"
    rb"|name ?servers?[ \w]{0,20}[ .\t]{0,40}:|nserver[ \t]{0,20}:"
    rb"|(?:creat(?:ion|ed)|updated|expir(?:y|es|ation)|registration)[ ]?(?:date|on)?[ .\t]{0,40}:"
    rb"|(?:inetnum|inet6num|netname|nic-hdl|admin-c|tech-c|mnt-by|aut-num|as-name|route6?|org-name|abuse-mailbox"
    rb"|netrange|nethandle|originas|orgname|orgid|orgabuseemail|cidr|dnssec|domain status|whois server|paid-till"
    rb"|holder-c|source|person|descr|e-mail|fax-no|last-modified)[ \t]{0,40}:"
    rb"|(?:[a-z]\. )?\[(?:domain name|registrant|name server|organization|network number|created on|expires on"
    rb"|last updated?|registered date|administrative contact|technical contact)\]"
    rb"|(?:nombre de dominio|nom de domaine|dominio|servidor(?:es|\(es\)) de nombres[ \w]{0,20}|titular|owner|holder"
    rb"|contacto (?:administrativo|tecnico|de cobranza)|registrado por|domain (?:name ?)?servers?[ \w]{0,20}"
    rb"|registered (?:by|for|through|on|date)|domain owner|servers|(?:primary|secondary)[ -](?:name )?server"
    rb"|organi[sz]ation(?: name| using domain name)?|authorized agency|host name|abuse contact|created on"
    rb"|expires? on|last (?:modified|updated?)(?: on| date)?|ns ?[0-9](?:_hostname|_netaddress)?|record maintained by"
    rb"|record (?:created|expires)[ \w]{0,12}|nic handle|domain (?:created|registered))[ .\t]{0,40}:"
    rb"|record (?:created|expires|last updated|will expire) on |>>> last update of|no match for |%+ information related to|\[querying )"
    rb"|^[^\n]{0,80}[$#%>\x80][ \t]*(?:sudo[ \t]+)?whois[ \t]+(?:-[a-zA-Z]+[ \t]+(?:[\w.:-]+[ \t]+)?)?[\w:-]+\.[\w.:-]"
)
_OPENING = (
    rb"(?i)[ \t>*]{0,40}(?:%|\[querying |\[domain name\]|domain information:|domain(?: name)?[ .\t]{0,40}:|inet6?num:|netrange:|network number:"
    rb"|aut-num:|route6?:|refer:|organisation:[ \t]*ORG-|nom de domaine:|nombre de dominio:)"
    rb"|[^\n]{0,80}[$#%>\x80][ \t]*(?:sudo[ \t]+)?whois[ \t]"
)
_LINES = compile_pattern(_ANCHOR, capture=False)
_MAY_BE = compile_pattern(rb"(?i)record |last update of|no match for|related to", capture=False)
# Fields that many other tools have as well: two of them among many lines are no WHOIS.
_WEAK = compile_pattern(
    rb"(?i)[ \t>|*]{0,40}(?:domain|registry|source|servers?|host name|registered owner)[ .\t]{0,40}:",
    capture=False,
)
_SHARE_OF_WEAK = 0.4
_FEW_LINES, _FEW_HITS, _SHARE_OF_FEW = 4, 4, 0.15
"""Lines of an answer with one field; fields that are few; and the share of the lines that few must be."""
_SAMPLE = 32_768
_MAX_KEY = 128


class Whois:
    """What WHOIS servers answer, in the layouts of domain and number registries."""

    name = "whois"
    source = "whois"
    layout = "text"
    description = "WHOIS of gTLD, ccTLD and number registries"
    anchor = _ANCHOR
    opening = _OPENING

    def knows(self, line: bytes) -> bool:
        """Whether a line is a comment, or a field whose name WHOIS servers are known to use."""
        bare = line.lstrip(b" \t>|*")
        if not bare or bare[:1] in {b"%", b"#", b"["}:
            return True
        key, colon, _ = bare.partition(b":")
        if not colon:
            return False
        meaning = meaning_of(key.rstrip(b" .\t").decode("latin-1"))
        return meaning is not None and meaning.known

    def score(self, view: View, start: int, end: int) -> float:
        """Score by the number and the share of lines with fields only WHOIS has."""
        shadow = view.shadow
        stop = min(end, start + _SAMPLE)
        lines = [line for line in shadow[start:stop].split(b"\n") if not line.isspace() and line]
        found = [line for line in lines if _is_anchor(line)]
        hits = len(found)
        if start and shadow[start - 1] != 0x0A and lines:  # the first is no whole line
            hits -= _is_anchor(shadow[start:stop].split(b"\n", 1)[0])
        if hits < 2:  # one "Domain:" may stand in any text
            alone = len(lines) <= _FEW_LINES and not any(b"; " in line for line in found)
            return 0.3 * hits if alone else 0.0
        if hits < _FEW_HITS and hits < _SHARE_OF_FEW * len(lines):
            return 0.0
        if hits < _SHARE_OF_WEAK * len(lines) and all(map(_WEAK.match, found)):
            return 0.0
        return min(0.99, 0.25 + 0.12 * min(hits, 5) + 0.4 * hits / len(lines))

    def parse(self, view: View, start: int, end: int, facts: Facts) -> None:
        """Add ``domain``, ``network`` and ``contact`` records."""
        facts.source = self.source
        WhoisReader(view, facts).read(start, end)


def _is_anchor(line: bytes) -> bool:
    """Whether a line is one only WHOIS has; by its part up to the colon, which repeats."""
    head, colon, value = line.partition(b":")
    if colon:
        key = head + (b":x" if value.lstrip(b" \t")[:1] not in {b"", b"\f"} else b":")
    elif b"[" in head or _MAY_BE.search(head):
        key = head
    else:
        return False
    if len(key) > _MAX_KEY:
        return _LINES.match(key) is not None
    return _is_known(key)


@remembered(8192)
def _is_known(key: bytes) -> bool:
    return _LINES.match(key) is not None


WHOIS = Whois()
