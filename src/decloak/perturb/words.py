"""Plain words and known names that disguises and generated documents are made of."""

from __future__ import annotations

__all__ = ["ABBREVIATIONS", "WORDS"]

_TEXT = """
account alert amber anchor apple archive arrow autumn badge banner basket beacon berry billing
bird blue board bottle branch bridge bright brown button cable camera canvas captain carbon
castle center chain change channel cherry circle city clean clear client cloud coast coffee
collar color company control copper corner cotton crystal current daily dance data delta
desert design detail diamond digital direct doctor dragon dream eagle earth east echo editor
electric energy engine evening event express factory falcon family farm feather field filter
finance finger fire flower forest forum fountain free fresh friend future galaxy gallery
garden gate global gold grand green group guard guide happy harbor health heart helper highway
hill history holiday home honey horizon hotel house image insider island journal jungle kernel
kitchen ladder lake lamp language laptop leader legal letter library light lion local login
lucky machine magic mail manager maple market master matrix media member memory metal mirror
mobile modern money monitor moon morning motion mountain museum music nature network news
night north notice ocean office online orange orbit order origin panel paper parcel partner
payment pearl pencil people phone photo picture pilot pioneer planet plaza pocket portal power
premium present prime print private profile project public purple quality quick radio rain
rapid record region remote report reset reward ribbon river road rocket royal safe sample
school science secure select service shadow share shield shop signal silver simple sky smart
snow social solar source south space spirit sport spring square staff star station stone
storage store storm stream street studio summer sun super support survey switch system table
target team temple thunder ticket tiger time token tower town track trade travel tree trust
tunnel union update upload value valley vault vector velvet verify video village vision visit
voice wallet water weather web wedding west whisper white willow window winter wizard wonder
wood world yellow young zebra
"""

WORDS = tuple(_TEXT.split())

ABBREVIATIONS: dict[str, tuple[str, ...]] = {
    "microsoft": ("MSFT", "MS"),
    "microsoft corporation": ("MSFT",),
    "github": ("GH",),
    "google": ("GOOG", "GOOGL"),
    "amazon web services": ("AWS",),
    "google cloud platform": ("GCP",),
    "cloudflare": ("CF",),
    "openssh": ("ossh",),
    "apache httpd": ("httpd",),
    "postgresql": ("postgres", "pgsql"),
    "kubernetes": ("k8s",),
    "elasticsearch": ("ES",),
    "mongodb": ("mongo",),
    "internet information services": ("IIS",),
    "microsoft iis httpd": ("IIS",),
    "javascript": ("JS",),
    "hewlett packard enterprise": ("HPE",),
    "international business machines": ("IBM",),
    "palo alto networks": ("PANW",),
    "digitalocean": ("DO",),
    "virtualbox": ("vbox",),
}
"""Canonical names in lower case, with the short forms people write for them."""
