"""IPv4 forms: addresses in decimal, octal and hexadecimal, as ``inet_aton`` reads them.

A number is an address where one must stand: in the authority of a URL, after a command that takes
a host, or where the words beside it say so. Anywhere else it is a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import Expert
from decloak.decode.encodings import CERTAIN
from decloak.decode.once import once
from decloak.decode.sense import INDICATOR, sense
from decloak.indicators.columns import Sheet, head_over, heads_pattern, sheet_at, sheets_of
from decloak.indicators.engine import compile_pattern
from decloak.indicators.ipv4 import address_of
from decloak.indicators.keys import key_before
from decloak.kb.fields import NAME, field_words, role_of

__all__ = ["Ipv4Forms"]

_PART = rb"(?:0[xX][0-9A-Fa-f]{1,8}|[0-9]{1,12})"
_FORM = _PART + rb"(?:\." + _PART + rb"){0,3}"
# Parts that no plain dotted quad has: hexadecimal, octal.
_ODD = rb"0(?:[xX][0-9A-Fa-f]{1,8}|[0-9]{1,11})"
_NUMBER = (
    rb"\b(?:" + _ODD + rb"(?:\." + _PART + rb"){3}"
    rb"|" + _PART + rb"\." + _ODD + rb"(?:\." + _PART + rb"){2}"
    rb"|(?:"
    + _PART
    + rb"\.){2}"
    + _ODD
    + rb"\."
    + _PART
    + rb"|(?:"
    + _PART
    + rb"\.){3}"
    + _ODD
    + rb"|0[xX][0-9A-Fa-f]{8}|0[0-7]{9,11}|[1-9][0-9]{7,9})"
    rb"(?:[^0-9A-Za-z_]|$)"
)
# A host where a number ends what says so: a URL, a command.
_AUTHORITY = rb"://(?:[^\s/@\x82]{1,128}@)?(" + _FORM + rb")(?:[:/?#\s\"'<>)\],;\x82]|$)"
_COMMAND = (
    rb"\b(?:ping6?|curl|wget|telnet|ssh|nc|ncat|nmap|traceroute|tracert)"
    rb"(?: -{1,2}[A-Za-z0-9-]{1,16}(?: [0-9]{1,5})?){0,4} +(" + _FORM + rb")(?:[:/\s\"'<>)\],;\x82]|$)"
)  # fmt: skip

_ANNOUNCED = (
    rb"(?i)(?:\b(?:ips?|ipv4|ip[ -]?addr(?:ess)?(?:es)?|addr|address|hosts?|servers?|c2|c&c|cnc|src|dst|source|"
    rb"destination|dest|target|peer|remote|gateway|proxy|dns|resolver|nameserver|callback|client|"
    rb"ip_src|ip_dst|src_ip|dst_ip|remote_addr|ip_?str|ip_?addr|client_ip|remote_ip|server_ip)|\b(?:connect(?:s|ed|ing|ion|ions)?|connect-back|beacon(?:s|ed|ing)?|"
    rb"resolv(?:es|ed|ing)|traffic|requests?|packets?|report|reached|contact(?:s|ed|ing)?|"
    rb"(?:beacon|traffic|connections?|requests?|packets?|quer(?:y|ies)|sessions?|callbacks?) (?:go|goes|going|went|(?:is|are|was|were) sent)|"
    rb"listening|scan(?:s|ned|ning)?|ping(?:s|ed|ing)?|callbacks?|attacks?|login|logins|queries) (?:back )?"
    rb"(?:to|for|from|on|at|with))"
    rb"(?:\s?(?:is|was|are|at|to|from|of|in|form|decimal|octal|hex|dword|integer|long|addr|address)\b){0,3}"
    rb"(?: ?[(\[](?:as |in )?(?:a )?(?:dec|decimal|oct|octal|hex|hexadecimal|dword|int|integer|long|number)[)\]])?"
    rb"[\s:=('\"\[`*]{1,4}$"
)
# What a hexadecimal number, which is no telephone number, may be the object of.
_ANNOUNCED_HEX = (
    rb"(?i)\b(?:contact(?:s|ed|ing)?|ping(?:s|ed|ing)?|reach(?:es|ed)?|call(?:s|ed|ing)? back|block(?:s|ed|ing)?(?: (?:at|by|on|in|the|our|my|a|firewall|perimeter|proxy|gateway|edge))*|indicators?|iocs?|"
    rb"observed|seen|resolv(?:es|ed)|(?:to|from|via|against|towards?|[a-z0-9]{2,} at))[\s:=('\"\[`*|]{1,4}$"
)
# What calls the number before it an address; a word before a value of its own calls that one so.
_NAMED_AFTER = (
    rb"^ port:?[ =][0-9]{1,5}\b|^[\s|(,:=-]{1,4}(?:is |as |an? |the )?(?i:c2|c&c|cnc|ip|ipv4|hosts?|servers?|address)"
    rb"(?:[\s]{0,2}[,;)|]|[.!?]?\s|$)"
)
_NAMES_NEXT = rb"^[\s|(,:=-]{1,4}(?i:c2|c&c|cnc|ip|ipv4|hosts?|servers?|address)[\s]{1,4}(?:[\"'(\[]?[0-9A-Fa-f]{1,4}[.:\[]|[A-Za-z0-9-]{1,63}\.[A-Za-z])"
_LOOKBACK = 64
_NEIGHBOUR = 160  # code points in which the items beside a number are looked for
_OCTAL = 11  # digits of most addresses as one octal number
_LONGEST_DECIMAL = 10  # digits of an address as one number

# Words that say a number is something else, before it on its line.
_ROLES = frozenset({"", "IP_ADDRESS", NAME})
"""What the key of a number may say where the number is an address."""
_OTHERWISE = frozenset(
    [
        "error",
        "status",
        "exception",
        "offset",
        "memory",
        "base",
        "pointer",
        "entry",
        "code",
        "id",
        "0x0",
        "eip",
        "rip",
        "loaded",
        "mapped",
        "crash",
        "fault",
        "hresult",
        "ntstatus",
        "byte",
        "phone",
        "tel",
        "fax",
        "serial",
        "size",
        "flag",
        "mask",
        "crc",
        "checksum",
        "magic",
        "mac",
        "hardware",
        "physical",
        "virtual",
        "version",
        "stack",
        "heap",
        "register",
        "function",
        "import",
    ]
)
_ADDRESSES = frozenset(
    {"ip", "ips", "ipv4", "address", "addresses", "c2", "c2s", "hosts", "servers", "dword"}
)
_INDICATORS = frozenset(
    {"ioc", "iocs", "indicator", "indicators", "network", "infrastructure", "compromise"}
)
_NETWORK = frozenset(
    {"ip", "ips", "ipv4", "c2", "c&c", "cnc", "host", "server", "remote", "source", "destination", "src", "dst",
     "network", "target", "peer", "dns", "callback", "connects", "connected", "attacker", "attackers"}
)  # fmt: skip
_WORD_ENDS = str.maketrans(dict.fromkeys("()[]{}=,;\"'_:|<>", " "))


class Ipv4Forms:
    """Undo decimal, octal, hexadecimal and short forms of IPv4 addresses."""

    name = "ipv4_forms"
    version = 1
    expert: Expert = "symbol"
    families = ("encoding",)
    trigger = _NUMBER + rb"|" + _AUTHORITY + rb"|" + _COMMAND

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield one edit per number that is an address where it stands."""
        places: dict[int, Edit] = {}
        for pattern in (_AUTHORITY, _COMMAND):
            for match in compile_pattern(pattern).finditer(view.shadow):
                edit = _edit(view.text, *match.span(1))
                if edit is None or _goes_on(view.text, edit):
                    continue
                if pattern is _AUTHORITY or _is_typed(view.text, match.start(), edit):
                    places[edit.start] = edit
        for match in compile_pattern(_NUMBER, capture=False).finditer(view.shadow):
            start, end = match.span()
            if end < len(view) or not view.text[-1:].isalnum():
                end -= 1
            if start not in places and _is_suspect(view, start, end):
                edit = _edit(view.text, start, end)
                if edit is not None and _may_be(view, start, end, edit.replacement):
                    places[start] = edit
        end = 0
        for start in sorted(places):
            if start >= end:
                yield places[start]
                end = places[start].end


def _goes_on(text: str, edit: Edit) -> bool:
    """Whether a short form is the beginning of a dotted quad that is disguised or wrapped."""
    rest = text[edit.end : edit.end + 8].lstrip()
    return rest[:1] in {"[", "(", "{", "<", "|", "\\", "."} or rest[:3].lower() == "dot"


def _is_typed(text: str, start: int, edit: Edit) -> bool:
    """Whether what follows the name of a command is a host, not its version (``curl 7.88``)."""
    parts = text[edit.start : edit.end].split(".")
    if len(parts) == 1 or len(parts) == 4 or not parts[-1].isdecimal() or int(parts[-1]) > 255:
        return True
    return text[max(start - 2, 0) : start].strip() in {"$", "#", ">"}


def _is_suspect(view: View, start: int, end: int) -> bool:
    """Whether a number stands alone, and a decimal one where words before or after may say so."""
    if not _is_bounded(view.text, start, end):
        return False
    if view.text[start] == "0" or end - start > _LONGEST_DECIMAL:
        return True
    before = view.shadow[max(start - 4, 0) : start].rstrip(b" :=('\"[`*")
    return (
        before[-1:].isalnum()
        or before[-1:] in {b")", b"-", b"+", b""}
        or before[-1:] == b"\n"
        or view.shadow[start - 1 : start] == b"\t"
        or b"|" in view.shadow[max(start - 3, 0) : end + 3]
    )


def _is_bounded(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 2]
    if before.isalnum() or (before and before in "_.-+#$%\\&~"):
        return False
    return not (after[:1].isalnum() or after[:1] in {"_", "-", "+", "%"} or (after[:1] == "." and after[1:].isalnum()))  # fmt: skip


def _edit(text: str, start: int, end: int) -> Edit | None:
    form = text[start:end]
    address = address_of(form)
    if address is None or address.startswith("0."):
        return None
    return Edit(start, end, address, "encoding", "ipv4_forms", CERTAIN, f"{_kind(form)} IPv4")


def _kind(form: str) -> str:
    parts = form.split(".")
    kinds = {
        "hexadecimal" if part[:2] in {"0x", "0X"} else "octal" if len(part) > 1 and part[0] == "0" else "decimal"
        for part in parts
    }  # fmt: skip
    if len(parts) > 1 and kinds == {"decimal"}:
        return "short"
    kinds.discard("decimal") if len(kinds) > 1 else None
    return kinds.pop() if len(kinds) == 1 else "mixed"


def _may_be(view: View, start: int, end: int, address: str) -> bool:
    """Whether a number outside URLs and commands is an address, by its form or by what is near."""
    form = view.text[start:end]
    first, last = address.split(".", maxsplit=1)[0], address.rpartition(".")[2]
    if first == "0" or int(first) >= 240:
        return False
    line = view.text[max(start - _LOOKBACK, 0) : start]
    line = line[line.rfind("\n") + 1 :]
    if form.count(".") == 3:
        return _is_dotted(form.split("."), line.lower(), announced=_is_announced(view, start))
    low = line.lower()
    role = _role(view, start)
    if role is None or (role == "IP_ADDRESS" and not (last == "0" and form[0] == "0")):
        return role is not None
    words = low.translate(_WORD_ENDS).split()
    if last == "0" and form[0] == "0":
        return False
    if form[:2].lower() == "0x" and ("fffff" in form.lower() or "00000" in form):
        return False  # a mask or a limit of a program
    if any(word in _OTHERWISE or word.rstrip("s") in _OTHERWISE for word in words):
        return False
    in_words = line.rstrip('" ')[-1:] not in {":", "="} and words[-1:] in (["address"], ["addr"])
    if form[:2] in {"0x", "0X"} and in_words and _NETWORK.isdisjoint(words):
        return False  # a place in memory
    if form[:2] in {"0x", "0X"} and line.rstrip(" :=(").lower().endswith(("ip", "address")):
        # A crash dump's instruction pointer, or a place in memory.
        return "ip address" in low or "ip:" in low or "ip=" in low or "addr" in low
    if _is_named_after(view.shadow[end : end + 48]):
        return True
    if _is_announced(view, start, hexadecimal=form[1] in "xX"):
        return True
    if (
        _is_cell(line)
        or _is_column(view, start)
        or _is_between(view.text, start, end)
        or (form[0] == "0" and _is_listed(view.text, start, end))
    ):
        return True
    return _is_headed(view, start, end, numbers=form[0] != "0")


def _is_named_after(after: bytes) -> bool:
    """Whether the words behind a number call it an address, and not what stands behind them."""
    named, next_one = (compile_pattern(each, capture=False) for each in (_NAMED_AFTER, _NAMES_NEXT))
    return named.search(after) is not None and next_one.search(after) is None


def _role(view: View, start: int) -> str | None:
    """Return what the key before a number says, None where it speaks against an address."""
    role = role_of(key_before(view.shadow, start))
    in_json = view.shadow[max(start - 16, 0) : start].rstrip().endswith(b'":')
    return role if role in _ROLES and not in_json else None  # JSON's reader expects a number


def _is_cell(line: str) -> bool:
    """Whether a number stands where tools write the address of a record, a host or a server."""
    if line.rstrip(" \t").endswith(("\tA", " A")) and "IN" in line.split():
        return True
    if not line.endswith("("):
        return False
    head = line[:-1].rstrip()
    address, mark, port = head.rpartition(" ")[2].rpartition("#")
    if mark and port.isdigit():
        return sense(address) == INDICATOR  # SERVER: 192.0.2.1#53(0xC0000201)
    return "scan report for " in head


@once
def _sheets(view: View) -> list[Sheet]:
    """Return the tables of a text whose heads name a field of addresses."""
    return list(sheets_of(view, 0, len(view), heads_pattern(_ip_words()), _is_ip_head))


@cache
def _ip_words() -> tuple[str, ...]:
    return (*field_words("IP_ADDRESS"), *sorted(_ADDRESSES))


def _is_ip_head(head: str) -> bool:
    return role_of(head) == "IP_ADDRESS" or not _ADDRESSES.isdisjoint(
        head.lower().replace("-", " ").split()
    )


def _is_column(view: View, start: int) -> bool:
    """Whether a number stands in a column that is headed as one of addresses."""
    sheet = sheet_at(_sheets(view), start)
    return sheet is not None and _is_ip_head(head_over(sheet, view.shadow, start))


def _is_between(text: str, start: int, end: int) -> bool:
    """Whether a number stands between addresses on its line, parted by spaces, perhaps with ports.

    One address is enough beside a number in octal, which nobody writes who means a number.
    """
    if text[start - 1 : start] != " ":
        return False
    before = text[max(start - _LOOKBACK, 0) : start].rpartition("\n")[2].split()
    after = text[end : end + _LOOKBACK].partition("\n")[0].split(" ")
    if after[0].lstrip(":0123456789"):
        return False
    beside = [*before[-1:], *after[1:2]]
    addresses = sum("." in word and sense(word) == INDICATOR for word in beside)
    return addresses == 2 or (addresses == 1 and text[start] == "0" and end - start >= _OCTAL)


def _is_listed(text: str, start: int, end: int) -> bool:
    """Whether a number stands in a list of indicators, on its line or on lines of its own."""
    before = text[max(start - _NEIGHBOUR, 0) : start]
    after = text[end : end + _NEIGHBOUR]
    row, following = before[before.rfind("\n") + 1 :], after.partition("\n")[0]
    if row.strip(" \t>*-+\u2022") == "" and following.strip() == "":
        lines = (before[: len(before) - len(row) - 1].rpartition("\n")[2], after[len(following) + 1 :].partition("\n")[0])  # fmt: skip
        return any(sense(line.strip(" \t\r>*-+\u2022")) == INDICATOR for line in lines)
    left, right = row.rstrip(), following.lstrip()
    if left.endswith((",", " and", " or")) or right.startswith((",", "and ", "or ")):
        words = (left.removesuffix(" and").removesuffix(" or").rpartition(" ")[2], right.removeprefix(",").strip().removeprefix("and ").removeprefix("or ").partition(" ")[0])  # fmt: skip
        return any("." in word and sense(word) == INDICATOR for word in words) or any(
            word.count(":") > 1 and sense(word) == INDICATOR for word in words
        )
    return False


def _is_headed(view: View, start: int, end: int, *, numbers: bool) -> bool:
    """Whether a number is an item of a list whose heading says that it is of addresses."""
    text = view.text
    if text[end : end + 1].strip(" \r\n") or text[end : end + 80].partition("\n")[0].strip():
        return False
    before = text[max(start - 2 * _NEIGHBOUR, 0) : start]
    rows = before.split("\n")
    if rows[-1].strip(" \t>*-+\u2022"):
        return False
    for row in reversed(rows[:-1]):
        item = row.strip(" \t\r*#")
        if item[-1:] == ":":
            words = item[:-1].lower().translate(_WORD_ENDS).replace("-", " ").split()
            return not _ADDRESSES.isdisjoint(words) or (
                not numbers and not _INDICATORS.isdisjoint(words)
            )
        if not row.lstrip()[:1] or (row.lstrip()[0] not in "*-+\u2022" and len(item.split()) > 1):
            return False
    return False


def _is_dotted(parts: list[str], line: str, *, announced: bool) -> bool:
    """Whether four parts in other bases are an address, and not padded decimals or a version."""
    based = [part[:2] in {"0x", "0X"} or (len(part) > 3 and part[0] == "0") for part in parts]
    if any(based):
        return announced or parts[0][0] == "0"
    padded = len({len(part) for part in parts}) == 1
    return announced and parts[0][0] == "0" and (not padded or "octal" in line)


def _is_announced(view: View, start: int, *, hexadecimal: bool = False) -> bool:
    place = max(start - _LOOKBACK, 0)
    newline = view.text.rfind("\n", place, start)
    place = newline + 1 if newline >= 0 else place
    near = view.shadow[place:start]
    if compile_pattern(_ANNOUNCED, capture=False).search(near) is not None:
        return True
    return hexadecimal and compile_pattern(_ANNOUNCED_HEX, capture=False).search(near) is not None
