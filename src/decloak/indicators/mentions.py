"""Mentions: whether the words around a doubtful name treat it as a thing of its kind.

``CF`` and ``Go`` mean many things; in `patched by CF` and `running Go 1.21` they mean one.
"""

from __future__ import annotations

from decloak.core.document import View
from decloak.indicators.engine import compile_pattern

__all__ = ["is_mentioned"]

_BEFORE, _AFTER = 48, 32

_BODY_BEFORE = compile_pattern(
    rb"(?i)\b(?:(?:spokes(?:person|man|woman|people)|representatives?|officials?|employees?|staff"
    rb"|customers?|clients?|engineers?|researchers?|analysts?|experts?|partners?|subsidiary|offices|products"
    rb"|headquarters|statement|advisory|bulletin|report|patch(?:es)?|letter|notice|invoice)"
    rb"[ \n\x82]+(?:for|of|at|from|by|with)"
    rb"|(?:patched|fixed|acquired|bought|owned|operated|hosted|released|disclosed|maintained"
    rb"|developed|published|reported|provided|issued|announced|managed|discovered|sold|shipped"
    rb"|confirmed|registered|signed|run|made|tracked)[ \n\x82]+(?:by|with|at)"
    rb"|according[ \n\x82]+to|(?:attributed|reported|disclosed|credited)[ \n\x82]+to|notified|contacted"
    rb"|informed|alerted|impersonat(?:es?|ed|ing)|spoof(?:s|ed|ing)|hosted[ \n\x82]+on"
    rb"|(?:came|comes?|coming|claim(?:s|ed|ing)?[ \n\x82]+to[ \n\x82]+(?:be|come)|sent)[ \n\x82]+from)"
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
    rb"(?i)\b(?:running|runs|ran|installed|installs?|installing|using|uses?|used|via|outdated|vulnerable"
    rb"|exploitation[ \n\x82]+of|answers[ \n\x82]+with|(?:abus|leverag)(?:es?|ed|ing)"
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
_SYSTEM_BEFORE = compile_pattern(
    rb"(?i)(?:\b(?:machines?|hosts?|devices?|computers?|systems?|fingerprint|kernels?)[ \n\x82]+"
    rb"(?:is|are|was|were|runs?|running|with|of)"
    rb"|\b(?:identified|detected|recogni[sz]ed|fingerprinted)[ \n\x82]+as|\b(?:runs?|running|on|patch(?:es)?[ \n\x82]+for)"
    rb"|\b(?:os|platform|running|operating[ \n\x82]+system):)[ \n\x82]+(?:an?[ \n\x82]+|the[ \n\x82]+)?$",
    capture=False,
)
_SYSTEM_AFTER = compile_pattern(
    rb"[ \n\x82]+(?:machines?|hosts?|servers?|devices?|systems?|kernels?|installations?|workstations?)\b",
    capture=False,
)
_MALWARE_BEFORE = compile_pattern(
    rb"(?i)(?:\b(?:infect(?:ed|ions?)|compromised)[ \n\x82]+(?:with|by)"
    rb"|\b(?:fetch|download|drop|deliver|deploy|distribut|load|spread|install|execut|unpack|inject|launch)(?:es|s|ed|ped|ing|ping)?"
    rb"|\b(?:identified|detected|known|tracked|classified)[ \n\x82]+as|\b(?:dubbed|called|named)"
    rb"|\b(?:variants?|versions?|samples?|strains?|copy|copies|operators|payloads?)[ \n\x82]+of|\bleads?[ \n\x82]+to"
    rb"|\b(?:ransomware|malware|trojan|backdoor|loader|botnet|stealer|worm|family|detection|threat):?)"
    rb"[ \n\x82]+(?:an?[ \n\x82]+|the[ \n\x82]+)?$",
    capture=False,
)
_MALWARE_AFTER = compile_pattern(
    rb"[ \n\x82]+(?:samples?|malware|ransomware|trojan|loader|botnet|payloads?|infections?|backdoor|rat|RAT|stealer"
    rb"|beacons?|implants?|operators?|operations?|variants?|droppers?|worm|C2|attacks?|campaigns?)\b",
    capture=False,
)
_ACTOR_BEFORE = compile_pattern(
    rb"(?i)(?:\b(?:attributed|linked|tied|ascribed)[ \n\x82]+to|\b(?:associated|overlaps?|connected)[ \n\x82]+with"
    rb"|\b(?:operations?|attacks?|activity|activities|campaigns?|intrusions?|members)[ \n\x82]+(?:of|by|from)"
    rb"|\b(?:actors?|group|gang|collective|apt):?|\b(?:tracked|known)[ \n\x82]+as)"
    rb"[ \n\x82]+(?:the[ \n\x82]+)?$",
    capture=False,
)
_ACTOR_AFTER = compile_pattern(
    rb"(?:'s)?[ \n\x82]+(?:(?:has|have|had|also)[ \n\x82]+)?(?:group|gang|actors?|APT|hackers|operators|members|team|targeted|targets"
    rb"|campaigns?|activity|intrusions?|attacks?|attacked)\b",
    capture=False,
)
_PATTERNS = {
    "ORGANIZATION": (_BODY_BEFORE, _BODY_AFTER),
    "SOFTWARE": (_PRODUCT_BEFORE, _PRODUCT_AFTER),
    "OS": (_SYSTEM_BEFORE, _SYSTEM_AFTER),
    "MALWARE": (_MALWARE_BEFORE, _MALWARE_AFTER),
    "THREAT_ACTOR": (_ACTOR_BEFORE, _ACTOR_AFTER),
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
