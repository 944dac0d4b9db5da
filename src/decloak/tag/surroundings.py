"""Surroundings: what the words before and after a token say about it."""

from __future__ import annotations

from decloak.core.document import View
from decloak.indicators.engine import compile_pattern
from decloak.indicators.keys import key_before
from decloak.indicators.quads import is_version, last_word
from decloak.kb.fields import NAME, role_of
from decloak.kb.lexicon import ends_with_product
from decloak.tag.traps import FILE_ENDINGS, SCRIPT_ENDINGS

__all__ = ["follows_version_word", "is_numbering", "names_a_host", "on_code_line", "on_file_line"]

_WINDOW = 64
_LINE = 200

_NUMBERED = frozenset(
    b"chapter chapters section sections sect. sec. figure figures fig. table tables clause clauses "
    b"paragraph paragraphs para para. appendix annex article articles rule rules item items step "
    b"steps oid oids part requirement requirements req req. control controls progress".split()
)
_JOINING = frozenset({b"and", b"to", b"or"})
_HOST_WORD = compile_pattern(
    rb"(?i)(?:\b(?:domains?|hosts?|hostnames?|fqdn|dns|resolves?|resolved|c2|c&c|server|sinkhole[d]?"
    rb"|whois|nslookup|dig|ping|site|website|visit|url|beacon(?:s|ed)?|contact(?:s|ed)?|connects?"
    rb"|connected|registered|phishing|download(?:s|ed)? from|hosted (?:on|at))\b[^.\n]{0,24})$",
    capture=False,
)


_HOST_ROLES = frozenset({NAME, "HOSTNAME", "IP_ADDRESS"})
_NUMBERING = compile_pattern(
    rb"(?i)\b(?:chapters?|sections?|sect\.|sec\.|figures?|fig\.|tables?|clauses?|paragraphs?|para\.?"
    rb"|appendix|annex|articles?|rules?|items?|steps?|oids?|part|requirements?|req\.?|controls?|progress)"
    rb"[ \t]*(?:[0-9.]+,? (?:and|to|or) )?$",
    capture=False,
)
_CODE_LINE = compile_pattern(
    rb"^[ \t>]*(?:import|from|package|using|use|return|var|let|const|def|class|func|public|private"
    rb"|protected|static|this\.|self\.|#include|@)\b|[;{][ \t]*$|[A-Za-z0-9_)\]][ \t]*[=!]=[=]?[ \t]"
    rb"|[A-Za-z0-9_\]][ \t]*=[ \t]*[a-z]+\.[a-z]+[\[(]|\)[ \t]*(?:=>|->)"
    rb"|^[ \t]*[A-Za-z0-9_.\[\]\"']+[ \t]*[-+*|]?=[ \t]*[A-Za-z0-9_.]+[ \t]*$"
    rb"|\b(?:INFO|DEBUG|WARN|WARNING|ERROR|TRACE|FATAL|CRITICAL|NOTICE)\b(?:[\]: \t|-]|\[[^\]\n]{1,40}\])+"
    rb"[A-Za-z0-9_.]+[ \t]*[-:\[|]",
    capture=False,
)
_FILE_LINE = compile_pattern(
    rb"(?i)^[ \t]*[-dl](?:[r-][w-][xst-]){3}|[A-Za-z0-9_-]\.(?:pdf|docx?|xlsx?|pptx?|txt|exe|dll|js|jsx"
    rb"|tsx?|c|h|hpp|cpp|cxx|java|class|jar|go|py|rb|php|html?|css|json|xml|ya?ml|toml|ini|cfg|conf|log"
    rb"|md|rst|csv|sql|png|jpe?g|gif|svg|zip|gz|tar|tgz|7z|rar|iso|bin|img|sh|bat|ps1|mov|mp[34]|avi"
    rb"|so|o|a|lib|mk|cmake|lock)\b(?:[^/.]|$)|^[ \t]*[^ |]+[ \t]*\| +[0-9]+ [+-]+|^make(?:\[[0-9]+\])?:",
    capture=False,
)


def _line(view: View, start: int, end: int) -> bytes:
    """Return the line around a token, as far as it can matter."""
    shadow = view.shadow
    low = max(0, start - _LINE)
    low = max(low, shadow.rfind(b"\n", low, start) + 1)
    high = min(len(shadow), end + _LINE)
    stop = shadow.find(b"\n", end, high)
    return shadow[low : stop if stop >= 0 else high]


_CALL = compile_pattern(rb"[A-Za-z0-9_\])]\.[A-Za-z_]+\(", capture=False)
_FILE_WORD = compile_pattern(
    rb"(?i)\b(?:opened|edited|editing|scripts?|files?|modules?|compil(?:ed|ing)|linking"
    rb"|patched|renamed|deleted|wrote|failed at|runs?|ran|running|execut(?:ed?|es|ing)|launch(?:ed|es|ing)?)[ \t]+$",
    capture=False,
)


_CODE_SIGNS = frozenset(b"(){}=")


def on_code_line(view: View, start: int, end: int) -> bool:
    """Whether an unquoted token stands on a line of source code."""
    shadow = view.shadow
    if start and shadow[start - 1] in b"\"'`" and end < len(shadow) and shadow[end] in b"\"'`":
        return False
    line = _line(view, start, end)
    if line.count(b";") > 1 and not _CODE_SIGNS.intersection(line):
        return False  # a row whose last cell is empty
    before, after = shadow[start - 1 : start], shadow[end : end + 1]
    if before in {b"(", b","} and after in {b")", b","} and _CALL.search(line) is not None:
        return True
    return _CODE_LINE.search(line) is not None


def on_file_line(view: View, start: int, end: int) -> bool:
    """Whether a token stands on a line that lists files."""
    line, token = _line(view, start, end), view.shadow[start:end]
    ending = token.rpartition(b".")[2].lower().decode("latin-1")
    if ending in FILE_ENDINGS | SCRIPT_ENDINGS and _FILE_WORD.search(
        view.shadow[max(0, start - 16) : start]
    ):
        return True
    if b"://" in line:  # what a path of a URL ends with says nothing
        line = b" ".join(part for part in line.split() if b"://" not in part)
    own = token.rpartition(b".")
    if own[0]:  # of its own labels only the last one can be what files end in
        line = line.replace(token, b"x" + own[1] + own[2])
    return _FILE_LINE.search(line) is not None


def is_numbering(view: View, start: int) -> bool:
    """Whether the word before makes a dotted number that of a chapter, a figure or an object."""
    low = max(0, start - 32)
    before = view.shadow[low:start]
    if before[-1:] not in {b" ", b"\t"}:
        return False
    word = last_word(before)
    if word in _NUMBERED:
        return True
    return word in _JOINING and _NUMBERING.search(before) is not None


def follows_version_word(view: View, start: int, end: int) -> bool:
    """Whether what stands around an IPv4-shaped token makes it a version.

    ``version 1.2.3.4``, ``Firefox 3.6.0.1``, ``Agent/1.2.3.4``; never ``host 1.2.3.4``.
    """
    role = role_of(key_before(view.shadow, start))
    return is_version(view.shadow, start, end, ends_with_product, role)


def names_a_host(view: View, start: int, end: int) -> bool:
    """Whether the words before a token say that it names a host, and nothing after denies it."""
    shadow = view.shadow
    if end < len(shadow) and shadow[end] in b"(=":
        return False
    low = max(0, start - _WINDOW)
    low = max(low, shadow.rfind(b"\n", low, start) + 1)
    if _HOST_WORD.search(shadow[low:start]) is not None:
        return True
    return role_of(key_before(shadow, start)) in _HOST_ROLES
