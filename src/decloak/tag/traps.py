"""Traps: words that make a dotted token a file name, a member, a package or a detection name."""

from __future__ import annotations

__all__ = [
    "CODE_HEADS",
    "DETECTION_HEADS",
    "ESTABLISHED",
    "FILE_ENDINGS",
    "MEMBER_ENDINGS",
    "PACKAGE_HEADS",
    "PRODUCTS_LIKE_NAMES",
    "RECORD_HEADS",
    "SCRIPT_ENDINGS",
    "SCRIPT_HEADS",
    "TITLED",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FILE_ENDINGS = _words("py sh zip mov so ps mk cab bz gz do java bat pub")
"""Public suffixes that are far more often the extension of a file."""

SCRIPT_ENDINGS = _words("pl pm rs md tm cc app in")
"""Public suffixes that are both: the name before them decides."""

SCRIPT_HEADS = _words(
    "admin api app authors backup bench build changelog check ci client cmd code common config "
    "configure contributing convert copying core db debug default demo deploy docs download driver "
    "env error example faq file filter format func gen generate guide handler helper hello history "
    "hook http index info init input install io job lexer lib license list load log login main make "
    "makefile manifest manual mod model news notes output package parse parser plugin process query "
    "quickstart readme release report request roadmap run sample script search security server "
    "service setup spec start stats status sync template test tests thanks todo token tool types "
    "update upgrade usage user util utils version view wrapper"
)
"""Names that scripts and documents have: ``index.pl``, ``main.rs``, ``readme.md``."""

MEMBER_ENDINGS = _words(
    "io net id name is in it to as at by be no data info map call read run start stop open next "
    "now new date day page link style size box zone app dev host cloud domains support"
)
"""Public suffixes that are often members of an object or parts of a namespace."""

CODE_HEADS = _words(
    "self this window document os sys string user obj object event args arg req res request "
    "response config app module modules node func foo bar baz math console process socket file "
    "system java javax android kotlin std util utils lib db ctx node json xml http exports"
) - _words("app http user node file")
"""First labels of members and namespaces: ``self.name``, ``java.io``."""

RECORD_HEADS = _words(
    "account attacker class client column customer device domain entity event field file group "
    "host image item job key member message method node object order package param person player "
    "process product project record role row server service session table tag task thread token "
    "type user video"
)
"""First labels of ``user.id`` and ``file.name``: a record and its field."""

PACKAGE_HEADS = _words(
    "com org net edu gov io java javax android androidx kotlin kotlinx scala sun dalvik jdk system "
    "microsoft"
)
"""First labels of reversed names: ``com.example.app``, ``org.apache.commons.io``."""

DETECTION_HEADS = _words(
    "trojan backdoor worm virus win32 win64 heur adware ransom ransomware exploit hacktool "
    "riskware spyware rootkit downloader dropper pua pup not-a-virus w32 w64 msil linux android "
    "trojan-downloader trojan-dropper trojan-spy trojan-ransom trojan-banker trojan-psw js vbs html "
    "gen generic behaveslike"
) - _words("linux android html js generic")
"""First parts of antivirus detection names: ``Trojan.Win32.Agent.gen``."""

PRODUCTS_LIKE_NAMES = _words("asp.net vb.net ado.net ml.net paint.net")
"""Products whose names are well-formed domains, and which are nearly always the product."""

ESTABLISHED = _words(
    "com net org edu gov mil int arpa onion biz de uk ru cn fr nl eu jp br it ca au es ch se us ir "
    "kr tr ua vn cz gr ro hu at be dk fi no pt za mx ar cl tw hk sg my th nz ie il ae sa"
)
"""Suffixes that are hardly ever the extension of a file or the member of an object."""

TITLED = _words("com net org de fr uk eu ru cn jp gov edu mil info biz us co io me tv cc")
"""Suffixes common enough to be believed after one letter, a package head, or in capitals."""
