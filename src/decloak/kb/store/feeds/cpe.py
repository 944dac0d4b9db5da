"""CPE: the official dictionary, as the feed of NVD's API 2.0 (JSON) and as the list of version 2.3 (XML)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from decloak.core.errors import KnowledgeError
from decloak.kb.cpe_names import BadCpeError, parse_cpe
from decloak.kb.keys import name_key
from decloak.kb.store.feeds.base import About, Entry, mapping, text_of, wanted
from decloak.kb.store.feeds.streamed import items

__all__ = ["cpe_json", "cpe_rows", "cpe_xml"]

_LIST = "{http://cpe.mitre.org/dictionary/2.0}"
_NAMED = "{http://scap.nist.gov/schema/cpe-extension/2.3}cpe23-item"


def cpe_json(stream: BinaryIO, about: About) -> Iterator[Entry]:
    """Yield products and releases of ``{"products": [{"cpe": {"cpeName": ...}}]}``."""
    head: dict[str, object] = {}
    about.name = "official CPE dictionary"
    for number, item in enumerate(items(stream, "products", head)):
        where = f"product {number}"
        entry = mapping(mapping(item, where).get("cpe"), where)
        if not entry.get("deprecated"):
            yield from cpe_rows(wanted(entry, "cpeName", where), where)
    about.version = text_of(head.get("timestamp"))


def cpe_xml(stream: BinaryIO, about: About) -> Iterator[Entry]:
    """Yield products and releases of ``<cpe-list><cpe-item><cpe-23:cpe23-item name=...>``."""
    about.name, count = "official CPE dictionary", 0
    try:
        root = None
        for event, element in iterparse(stream, ("start", "end"), forbid_dtd=True):
            if root is None:
                root = element
            elif event == "end" and element.tag == f"{_LIST}timestamp":
                about.version = text_of(element.text)
            elif event == "end" and element.tag == f"{_LIST}cpe-item":
                named = element.find(_NAMED)
                if named is not None and element.get("deprecated") != "true":
                    yield from cpe_rows(named.get("name") or "", f"item {count}")
                count += 1
                root.clear()  # what was read is forgotten: the list has a million items
    except (ParseError, DefusedXmlException) as error:
        message = f"no whole CPE list: {error}"
        raise KnowledgeError(message) from error


def cpe_rows(name: str, where: str) -> Iterator[Entry]:
    """Yield the product of a CPE name, and its version where it names one.

    Raises:
        KnowledgeError: when it is no CPE 2.3 name.
    """
    try:
        cpe = parse_cpe(name)
    except BadCpeError as error:
        message = f"{where}: {error}"
        raise KnowledgeError(message) from error
    yield "product", (name_key(cpe.product), cpe.part, cpe.vendor, cpe.product)
    if cpe.version not in {"*", "-"}:
        update = "" if cpe.update in {"*", "-"} else f":{cpe.update}"
        yield "release", (cpe.vendor, cpe.product, cpe.version + update)
