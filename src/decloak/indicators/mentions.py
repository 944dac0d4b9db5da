"""Mentions: whether the words around a doubtful name treat it as an organisation or a product.

``CF`` and ``Go`` mean many things; in `patched by CF` and `running Go 1.21` they mean one.
"""

from __future__ import annotations

from decloak.core.document import View
from decloak.indicators.engine import compile_pattern

__all__ = ["is_mentioned"]

_BEFORE, _AFTER = 48, 32

_BODY_BEFORE = compile_pattern(
    rb"(?i)\b(?:(?:spokes(?:person|man|woman|people)|representatives?|officials?|employees?|staff"
    rb"|customers?|clients?|engineers?|researchers?|analysts?|experts?|partners?|subsidiary|offices"
    rb"|headquarters|statement|advisory|bulletin|report|patch(?:es)?|letter|notice|invoice)"
    rb"[ \n\x82]+(?:for|of|at|from|by|with)"
    rb"|(?:patched|fixed|acquired|bought|owned|operated|hosted|released|disclosed|maintained"
    rb"|developed|published|reported|provided|issued|announced|managed|discovered|sold|shipped"
    rb"|confirmed|registered|signed|run|made|tracked)[ \n\x82]+(?:by|with|at)"
    rb"|according[ \n\x82]+to|(?:attributed|reported|disclosed|credited)[ \n\x82]+to|notified|contacted"
    rb"|informed|alerted|impersonat(?:es?|ed|ing)|spoof(?:s|ed|ing)|hosted[ \n\x82]+on)"
    rb"[ \n\x82]+(?:the[ \n\x82]+)?$",
    capture=False,
)
_BODY_AFTER = compile_pattern(
    rb"(?:'s)?[ \n\x82]+(?:(?:also|has|had|have|later|since|already|itself|quickly|promptly)[ \n\x82]+){0,2}"
    rb"(?:confirmed|said|says|announced|reported|stated|disclosed|released|patched|fixed|declined"
    rb"|acknowledged|warned|denied|published|issued|told|revealed|discovered|attributed|tracks"
    rb"|acquired|suspended|customers|employees|researchers|engineers|spokes(?:person|man|woman)"
    rb"|security team|incident response|advisory)\b",
    capture=False,
)
_PRODUCT_BEFORE = compile_pattern(
    rb"(?i)\b(?:running|runs|ran|installed|installs?|installing|using|uses|via|outdated|vulnerable"
    rb"|unpatched|exposed|misconfigured|legacy|compromised|found|deploy(?:s|ed|ing)?|launched"
    rb"|restarted|upgraded|upgrading|hardened|internet-facing|exploit(?:s|ed|ing)?"
    rb"|(?:instances?|versions?|copy|copies|builds?|releases?|installations?)[ \n\x82]+of"
    rb"|(?:patch(?:es)?|updates?|fix(?:es)?|exploits?|plugins?)[ \n\x82]+for"
    rb"|(?:vulnerabilit(?:y|ies)|flaws?|bugs?|weakness(?:es)?)[ \n\x82]+in)[ \n\x82]+(?:an?[ \n\x82]+|the[ \n\x82]+)?$",
    capture=False,
)
_PRODUCT_AFTER = compile_pattern(
    rb"[ \n\x82]+(?:servers?|hosts?|clients?|instances?|daemons?|databases?|clusters?|binar(?:y|ies)|process(?:es)?"
    rb"|installations?|versions?|nodes?|plugins?|modules?|packages?|containers?|agents?|listening"
    rb"|is running|was installed)\b",
    capture=False,
)
_PATTERNS = {
    "ORGANIZATION": (_BODY_BEFORE, _BODY_AFTER),
    "SOFTWARE": (_PRODUCT_BEFORE, _PRODUCT_AFTER),
    "OS": (_PRODUCT_BEFORE, _PRODUCT_AFTER),
}


def is_mentioned(view: View, start: int, end: int, label: str) -> bool:
    """Whether the words right before or right after a name say that it is one of its label."""
    patterns = _PATTERNS.get(label)
    if patterns is None:
        return False
    before, after = patterns
    shadow = view.shadow
    if before.search(shadow[max(start - _BEFORE, 0) : start]) is not None:
        return True
    return after.match(shadow, end, min(end + _AFTER, len(shadow))) is not None
