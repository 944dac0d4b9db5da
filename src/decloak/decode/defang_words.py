"""Defang words: when `` dot `` and `` at `` between words are meant, and when they are prose.

``admin at example dot com`` hides an address; ``the dot com bubble`` and ``a dot in the middle``
hide nothing, although both read as a delegated name when joined.
"""

from __future__ import annotations

__all__ = ["is_common_top", "is_determiner", "is_prose", "local_part"]

# What stands before "dot" or " . " in honest prose and is no name by itself.
_DETERMINERS = frozenset(
    [
        "a",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "before",
        "big",
        "by",
        "during",
        "each",
        "early",
        "every",
        "famous",
        "first",
        "for",
        "former",
        "from",
        "have",
        "her",
        "his",
        "in",
        "is",
        "its",
        "late",
        "many",
        "more",
        "most",
        "my",
        "new",
        "no",
        "of",
        "old",
        "on",
        "one",
        "other",
        "our",
        "polka",
        "post",
        "pre",
        "red",
        "second",
        "some",
        "such",
        "that",
        "the",
        "their",
        "these",
        "this",
        "those",
        "to",
        "two",
        "typical",
        "us",
        "was",
        "were",
        "with",
        "your",
    ]
)
# What follows "dot com" where the industry is meant, not a name.
_INDUSTRY = frozenset(
    [
        "age",
        "billionaire",
        "billionaires",
        "boom",
        "bubble",
        "burst",
        "business",
        "businesses",
        "bust",
        "collapse",
        "companies",
        "company",
        "craze",
        "crash",
        "days",
        "economy",
        "entrepreneur",
        "era",
        "firm",
        "firms",
        "industry",
        "mania",
        "millionaire",
        "millionaires",
        "period",
        "startup",
        "startups",
        "stock",
        "stocks",
        "world",
        "years",
    ]
)
# Top labels that are not words of the language: a lone "dot" before any other may be prose.
_TOP_LABELS = frozenset(
    [
        "ai",
        "ar",
        "au",
        "biz",
        "br",
        "ca",
        "cc",
        "ch",
        "cl",
        "cloud",
        "cn",
        "co",
        "com",
        "cz",
        "de",
        "dk",
        "edu",
        "es",
        "eu",
        "fi",
        "fr",
        "gov",
        "gr",
        "hk",
        "hu",
        "ie",
        "il",
        "info",
        "int",
        "io",
        "ir",
        "jp",
        "ke",
        "kr",
        "kz",
        "lt",
        "lu",
        "lv",
        "mil",
        "mx",
        "name",
        "net",
        "ng",
        "nl",
        "nz",
        "org",
        "onion",
        "pk",
        "pl",
        "pt",
        "pw",
        "ro",
        "rs",
        "ru",
        "se",
        "sg",
        "sk",
        "su",
        "th",
        "tk",
        "tr",
        "tv",
        "tw",
        "ua",
        "uk",
        "vn",
        "ws",
        "xyz",
        "za",
        "example",
        "internal",
        "invalid",
        "localhost",
        "test",
    ]
)
# Sentences end before other words; these alone follow a full stop with white space on both sides.
_AFTER_FULL_STOP = frozenset(
    ["com", "net", "org", "info", "biz", "ru", "cn", "xyz", "onion", "edu", "gov"]
)
_MAIL = ("mail", "contact", "write to", "reach", "sender", "from:", "to:", "abuse", "registrant")
_ROLES = frozenset(
    ["abuse", "admin", "administrator", "billing", "contact", "dns", "domains", "feedback", "help", "hostmaster", "info", "legal", "mail", "marketing", "me", "news", "noc", "noreply", "office", "postmaster", "privacy", "registrar", "root", "sales", "secure", "security", "service", "soc", "spam", "support", "sysadmin", "tech", "user", "webmaster", "whois"]
)  # fmt: skip
_WIDEST = 64  # code points a label or a local part may have


def is_determiner(word: str) -> bool:
    """Whether a word before a name belongs to the sentence, not to the name."""
    return word.lower() in _DETERMINERS


def is_common_top(label: str) -> bool:
    """Whether a top-level label is common and no word: more than delegated, likely."""
    return label in _TOP_LABELS


def is_prose(name: str, following: str, *, loose: bool, shouted: bool = False) -> bool:
    """Whether a name joined over bare words is likelier to be prose.

    Args:
        name: what the joined words read.
        following: some text after it.
        loose: whether the marks were full stops between spaces.
        shouted: whether the marks were in capitals and the name is not.
    """
    labels = name.lower().split(".")
    if "@" in name or "://" in name or name.replace(".", "").isdigit():
        return False
    top = labels[-1].split("/")[0].split(":")[0]
    if labels[0] in _DETERMINERS:
        return True
    if loose:
        return top not in _AFTER_FULL_STOP or labels[-1] != name.rsplit(".", maxsplit=1)[-1]
    next_word = following.lstrip(" -").split(" ", 1)[0].strip(".,;:!?\"'()").lower()
    if top == "com" and next_word in _INDUSTRY:
        return True
    return len(labels) < 3 and top not in _TOP_LABELS and not shouted


def local_part(before: str, line: str) -> int:
    """Return how many code points before a name are ``local at ``; 0 when that is prose.

    Args:
        before: text that ends where the name begins.
        line: text of the same line, before the local part, for words that announce an address.
    """
    if before[-4:].lower() != " at ":
        return 0
    local = before[-4 - _WIDEST : -4]
    cut = max(local.rfind(char) for char in " \t\n\"'<>()[]{}|,;:=") + 1
    local = local[cut:]
    if not local or not local.isascii() or not local.strip("._+-").replace(".", "").replace("_", "").replace("-", "").replace("+", "").isalnum():  # fmt: skip
        return 0
    telling = not local.isalpha() or local.lower() in _ROLES or before[-4:] == " AT "
    if telling or any(word in line.lower() for word in _MAIL):
        return len(local) + 4
    return 0
