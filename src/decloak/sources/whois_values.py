"""Values of WHOIS fields: what in them is an entity, and what only looks like one."""

from __future__ import annotations

import unicodedata

from decloak.core.remember import remembered
from decloak.indicators.engine import compile_pattern

__all__ = [
    "ADDRESS",
    "DOMAIN_NAME",
    "EMAIL",
    "URL",
    "has_legal_form",
    "is_handle",
    "is_organization",
    "is_person",
    "is_placeholder",
    "party_span",
]

DOMAIN_NAME = compile_pattern(
    rb"(?:[A-Za-z0-9_\x80][\w\x80-]{0,62}\.)+[A-Za-z\x80][\w\x80-]{1,62}\b", capture=False
)
EMAIL = compile_pattern(
    rb"[\w\x80.+/=-]{1,64}@(?:[A-Za-z0-9\x80][\w\x80-]{0,62}\.)+[A-Za-z0-9\x80][\w\x80-]{1,62}",
    capture=False,
)
URL = compile_pattern(
    rb"(?i)\b(?:https?|ftp|rwhois|whois)://[^\s<>\"\[\]|^`{}()]+",
    capture=False,
)
ADDRESS = compile_pattern(
    rb"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b|(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}\b"
    rb"|(?:[0-9A-Fa-f]{1,4}:){1,7}:(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?|::[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6}",
    capture=False,
)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split("|"))


_PLACEHOLDER = _set(
    "redacted|not disclosed|not shown|not available|not applicable|not provided|not published|non-public"
    "|hidden|withheld|data protected|data redacted|gdpr|statutory masking|private person|masked"
    "|unavailable|none|n/a|na|null|nil|-|--|.|unknown|no registrar|no name servers|undisclosed"
    "|please query|visit |see |information not|personal data|select request|protected data"
    "|datos protegidos|dados protegidos|no disponible|no data|not identified|not defined|not assigned"
    "|to be|tbd|self-managed|direct allocation|various|same as|same|individual|individuo|privado|anonymous"
    "|no organization|no company|this |the registr|for more|http|restricted|refused|limited by"
)
_WHOLE = frozenset(
    word for word in _PLACEHOLDER if len(word) <= 5 or word in {"unknown", "individual", "various"}
)
_BEGINS = tuple(word for word in _PLACEHOLDER if word not in _WHOLE)

_MOST_WORDS = 5  # of a company whose name begins like an excuse
_INITIALS = frozenset(word[0] for word in _BEGINS)
_DESIGNATORS = _set(
    "inc|incorporated|llc|llp|lp|ltd|limited|ltda|plc|corp|corporation|company|gmbh|ggmbh|mbh|ag|kg|ohg|ug|ev"
    "|se|bv|nv|vof|cv|sa|sas|sasu|sarl|eurl|sl|slu|slne|srl|srls|spa|snc|ss|scarl|sapi|cv|ab|hb|as|asa|aps|oy|oyj"
    "|ou|eood|ood|ead|ad|doo|dd|sro|zrt|kft|bt|nyrt|zoo|spj|ooo|oao|zao|pao|ao|ip|jsc|ojsc|cjsc|pjsc|jsco|tov|llp"
    "|pty|pte|pvt|sdn|bhd|kk|gk|tbk|pt|cc|scs|scrl|asbl|vzw|bvba|sprl|ehf|hf|uab|sia|mb|ltd|sti|tic|san"
    "|university|universidad|universidade|universite|universitat|universitaet|universiteit|universita|college|school"
    "|institute|institut|instituto|istituto|academy|akademie|faculty|laboratory|laboratories|hospital|clinic"
    "|ministry|ministerio|ministere|ministero|department|dept|government|council|agency|authority|commission"
    "|municipality|office|bureau|directorate|secretariat|embassy|army|navy|police|court|parliament|senate"
    "|association|foundation|fundacion|fundacao|fondation|fondazione|stiftung|society|federation|union|league|trust"
    "|verein|organization|organisation|organizacion|consortium|alliance|committee|chamber|cooperative|coop|club|church"
    "|bank|banque|banco|insurance|group|gruppe|grupo|groupe|gruppo|holding|holdings|partners|associates|ventures|capital"
    "|technologies|technology|systems|solutions|software|networks|network|net|hosting|host|internet|telecom"
    "|telecommunication|telecommunications|communications|communication|media|studio|studios|services|service|servicios"
    "|consulting|consultants|management|international|global|worldwide|industries|enterprises|enterprise|trading"
    "|import|export|logistics|electronics|electric|energy|power|motors|automotive|airlines|airways|railways|shipping"
    "|pharma|pharmaceuticals|medical|health|healthcare|dental|foods|food|restaurant|hotel|hotels|travel|tours|real|estate"
    "|properties|construction|engineering|design|marketing|advertising|publishing|press|news|radio|television|tv|films"
    "|records|entertainment|games|sports|stores|store|shop|market|supermarket|registry"
    "|domains|privacy|proxy|protect|protection|cloud|datacenter|digital|online|web|mobile"
    "|wireless|broadband|cable|satellite|fiber|isp|nic|cnic|inria|centre|center|central|cabinet|team|project|firm|firma"
    "|empresa|sociedad|societa|societe|compagnie|compania|companhia|gesellschaft|unternehmen|vereniging|stichting"
    "|bedrijf|yhtio|selskab|forening|foreningen|aktiebolag|lan|plc|works|factory|products|supply|supplies|labs|lab"
    "|renater|museum|library|archive|theatre|theater|orchestra|opera|gallery|zoo|park|airport|port|station|tourism"
)
_LEGAL = _set("inc|llc|ltd|limited|gmbh|ag|bv|sa|sas|sarl|srl|spa|ab|oy|corp|plc|ltda|llp")
_FIRST = _set("hostmaster|webmaster|postmaster|mr|mrs|ms|dr|prof")
_LAST = _set(
    "contact|contacts|admin|administrator|administrators|hostmaster|manager|master|registrant|customer|policy|billing"
    "|provisioning|support|helpdesk|department|dept|role|maintainer|operator"
)
# Forms that are words or states without their dots: C.A., S.C., & Co.
_DOTTED_FORM = compile_pattern(
    rb"(?i)(?:^|[ ,])(?:C\.A\.|S\.C\.|P\.C\.|N\.A\.|(?:& ?|and )co\b|co\. ?,? ?(?:ltd|kg|inc|$)|co\.$|sp\. ?z ?o)",
    capture=False,
)
_PROSE = _set(
    "is|are|was|were|you|your|we|our|will|may|must|because|this|that|by|to|only|be|been|has|have|not|if|or|agree"
)
_FUNCTIONS = _set(
    "admin|administrator|administration|administrative|dns|domain|domains|host|hostmaster|webmaster|postmaster"
    "|technical|tech|technology|support|billing|noc|operations|operation|manager|management|department|dept|team"
    "|office|it|ip|service|services|registration|registrations|legal|registry|registrar|network|internet|center"
    "|contact|master|role|account|accounts|abuse|security|desk|help|helpdesk|web|name|names|customer|corporate"
    "|engineering|systems|system|information|private|data|whois|online|hosting|provisioning|intellectual|property"
    "|head|director|officer|the|and|of|&|group|international|global|for|privacy|identity|real"
)
_CJK = (
    "株式会社", "有限会社", "合同会社", "合資会社", "公司", "集团", "大学", "大學", "学院", "研究所", "研究院", "银行",
    "銀行", "政府", "委员会", "财团法人", "財團法人", "協会", "協會", "機構", "中心", "주식회사", "(주)", "㈜", "유한회사",
    "대학교", "재단", "협회", "기관", "공사", "은행", "센터", "연구원",
)  # fmt: skip
_OTHER_SCRIPTS = (
    "ооо", "зао", "оао", "пао", "ао ", "ип ", "тов ", "общество", "компания", "университет", "институт",
    "министерство", "банк", "شرکت", "دانشگاه", "شركة", "جامعة", "εταιρεία", "πανεπιστήμιο", "บริษัท",
    "bureau ", "büroo", "ltd.", "şti", "a.ş", "þti",
)  # fmt: skip
_MAX_PARTY = 160
_MAX_PARTY_WORDS = 16


def has_legal_form(value: str) -> bool:
    """Whether a short value ends as names of companies do: ``Visit Holdings GmbH``."""
    words = value.casefold().replace(".", "").replace("/", "").split()
    return 1 < len(words) <= _MOST_WORDS and words[-1] in _LEGAL


@remembered(16_384)
def is_placeholder(value: str) -> bool:
    """Whether a value only says that there is none, or that it is kept from us."""
    plain = value.strip(" \t\"'()[]<>*!:;,").casefold()
    return (
        not plain
        or plain in _WHOLE
        or (plain[0] in _INITIALS and plain.startswith(_BEGINS) and not has_legal_form(plain))
        or "redacted" in plain
        or "not disclosed" in plain
        or "personal data" in plain
        or not (plain[0].isalnum() or any(char.isalnum() for char in plain))
    )


@remembered(16_384)
def is_handle(value: str) -> bool:
    """Whether a value is a registry's key (``MMR-135878``, ``REG-EXAMPLE``, ``JD42-RIPE``)."""
    if " " in value.strip() or not value.isascii():
        return False
    core = value.strip().replace("-", "").replace("_", "")
    if not core.isalnum():
        return False
    if value.startswith(("REG-", "ORG-", "MNT-", "reg-")):
        return True
    digits = any(char.isdigit() for char in core)
    upper = core.isupper()
    if "-" in value and (upper or digits):
        return value.count("-") > 1 or digits or value.rpartition("-")[2] in _REGISTRIES
    return digits and (core.isdigit() or (len(core) <= 12 and sum(map(str.isdigit, core)) >= 2))


_REGISTRIES = _set(
    "MNT|REG|RIPE|ARIN|AP|APNIC|LACNIC|AFRINIC|RIPN|RU|SU|FRNIC|ITNIC|NICAT|NICIR|LRMS|LROR|DENIC|JP|KR|TZNIC|CZ|ME|IS|US|NIRA"
    "|ISOC|IL|SAFENAMES|TUCOWS|ORG|NET|COM|UK|DOM|ADNIC|METU|MARKM|EPP|BIZ|INFO|FO|NICCI|COOP"
)


@remembered(16_384)
def is_organization(value: str) -> bool:
    """Whether a name reads as an organisation: a legal form, or a word that persons do not bear."""
    lowered = value.casefold()
    if any(mark in value for mark in _CJK) or any(mark in lowered for mark in _OTHER_SCRIPTS):
        return True
    compact = lowered.replace(".", "").replace("/", "")
    if not compact.isascii():
        compact = "".join(c for c in unicodedata.normalize("NFKD", compact) if c.isascii())
    words = compact.replace(",", " ").replace("(", " ").replace(")", " ").replace("-", " ").split()
    if all(word in _FUNCTIONS for word in words):
        return False
    if words[-1] in _LAST or words[0] in _FIRST:
        return any(word in _LEGAL for word in words)
    if any(word in _DESIGNATORS for word in words[1:]) or _DOTTED_FORM.search(
        value.encode("ascii", "replace")
    ):
        return True
    return len(words) > 1 and len(words[0]) > 3 and words[0] in _DESIGNATORS - _FUNCTIONS


def is_person(value: str) -> bool:
    """Whether a name reads as a person's: two to four words of letters, and no designator."""
    words = value.replace(",", " ").split()
    if not 2 <= len(words) <= 4 or is_organization(value):
        return False
    capitals = [word for word in words if word.isupper()]
    if len(capitals) < len(words) and any(
        1 < len(word) <= 3 and word.isalpha() for word in capitals
    ):
        return False  # "Example UK"
    return all(word.replace(".", "").replace("-", "").replace("'", "").isalpha() for word in words)


def party_span(text: str, start: int, end: int) -> tuple[int, int]:
    """Trim the name of a party: no handle, tag, URL or e-mail address behind it.

    Returns an empty range where nothing remains or what remains is prose.
    """
    value = text[start:end]
    for mark in ("[", "(http", "( http", "(www.", " http", "<", "\t\t", "   "):
        at = value.find(mark, 1)
        if at > 0:
            value = value[:at]
    value = value.rstrip(" \t\r,;:|*" if value.count('"') % 2 == 0 else ' \t\r,;:|*"')
    while value.endswith(")"):
        at = value.rfind("(")
        if at <= 0 or not _is_note(value[at + 1 : -1]):
            break
        value = value[:at].rstrip(" \t,;")
    for noun in (" registry", " registrar"):  # what it is, not what it is called
        value = value.removesuffix(noun)
    words = value.split(" ")
    if sum(1 for word in words if word in _PROSE) > 1:
        return start, start
    if len(words) > 1 and is_handle(words[-1]) and "-" in words[-1] and words[-1][-1:].isupper():
        value = value[: -len(words[-1])].rstrip(" \t,;")
    stripped = value.lstrip(" \t'*-," if value.count('"') % 2 == 0 else " \t\"'*-,")
    start += len(value) - len(stripped)
    if len(stripped) > _MAX_PARTY or len(words) > _MAX_PARTY_WORDS:
        return start, start
    return start, start + len(stripped)


def _is_note(inside: str) -> bool:
    """Whether what stands in parentheses is a handle, a number or a status."""
    plain = inside.strip()
    return (
        is_handle(plain)
        or plain.isdigit()
        or sum(map(str.isdigit, plain)) > 6
        or plain.casefold() in {"active", "inactive", "fax", "phone"}
        or (plain.isupper() and ("-" in plain or any(map(str.isdigit, plain))))
        or (plain.islower() and "-" in plain)
    )
