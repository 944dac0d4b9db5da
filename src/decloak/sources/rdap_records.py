"""RDAP records: what the objects of one response (RFC 9083) say, as records and notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.sources.json_scan import Token
from decloak.sources.names import label_of_name

__all__ = ["RdapObject", "RdapWriter"]

_CLASSES = {
    "domain": "domain",
    "nameserver": "",
    "entity": "contact",
    "ip network": "network",
    "autnum": "network",
}
_EVENTS = {"registration": "created", "last changed": "updated", "expiration": "expires"}
_OTHERS = frozenset({"entities", "nameservers"})
_OF_DOMAIN = {
    "publicIds": ("identifier", "registrar_id"),
    "secureDNS": ("delegationSigned", "dnssec"),
}
_NOTED: dict[str, tuple[tuple[str, ...], str]] = {
    "links": (("href",), "URL"),
    "cidr0_cidrs": (("v4prefix", "v6prefix"), "IP_ADDRESS"),
    "ipAddresses": (("v4", "v6"), "IP_ADDRESS"),
}
# jCard properties that name something, by class of the record they fill.
_CARD = {
    "fn": ("name", ""),
    "org": ("organization", "ORGANIZATION"),
    "email": ("email", "EMAIL"),
    "tel": ("phone", ""),
}


@dataclass(slots=True)
class RdapObject:
    """One RDAP object while it is open: what its members said, by key."""

    path: tuple[str, ...]
    parent: RdapObject | None
    members: dict[str, list[Token]] = field(default_factory=dict)
    children: list[RdapObject] = field(default_factory=list)


class RdapWriter:
    """Turn the objects of one response into records, outermost first."""

    def __init__(self, view: View, facts: Facts) -> None:
        self.view = view
        self.facts = facts

    def _value(self, token: Token) -> str:
        if token.value is not None:
            return token.value
        return self.view.text[token.start : token.end]

    def write(self, root: RdapObject) -> None:
        """Write an object and what it holds, without recursion: nesting may be deep."""
        pending = [(root, -1)]
        while pending:
            item, parent = pending.pop()
            record = self._write_one(item, parent)
            pending.extend((child, record) for child in reversed(item.children))

    def _write_one(self, item: RdapObject, parent: int) -> int:
        """Write one object; return the record that its children belong to."""
        members = item.members
        role = item.path[-1] if item.path else ""
        kind = _CLASSES.get(self._first(members, "objectClassName"), "")
        if role == "nameservers" or self._first(members, "objectClassName") == "nameserver":
            self._nameserver(members, parent)
        elif role in _NOTED:
            keys, label = _NOTED[role]
            for token in (token for key in keys for token in members.get(key, [])):
                self.facts.note(label, token.start, token.end, f"rdap.{role}", token.value)
        elif role in _OF_DOMAIN or role == "events":
            self._parts(item, parent)
        elif kind == "contact" and parent >= 0 and self.facts.kinds[parent] == "domain":
            return self._contact_of_domain(members, parent)
        elif kind:
            return self._record(kind, members, parent)
        return parent

    def _parts(self, item: RdapObject, parent: int) -> None:
        """Write an event, a public identifier or the state of DNSSEC into their object."""
        if parent < 0 or (item.path[-1] == "events" and not _OTHERS.isdisjoint(item.path)):
            return  # the dates of a contact or a name server are not those of the domain
        kind = self.facts.kinds[parent]
        if item.path[-1] == "events":
            name = _EVENTS.get(self._first(item.members, "eventAction"), "")
            key = "eventDate"
            known = kind == "domain" or (kind == "network" and name != "expires")
        else:
            key, name = _OF_DOMAIN[item.path[-1]]
            known = kind == "domain"
        if name and known:
            for token in item.members.get(key, [])[:1]:
                self._put(parent, name, "", token)

    def _first(self, members: dict[str, list[Token]], key: str) -> str:
        tokens = members.get(key)
        return self._value(tokens[0]) if tokens else ""

    def _put(self, record: int, name: str, label: str, token: Token) -> None:
        self.facts.add(record, name, label, token.start, token.end, token.value)

    def _nameserver(self, members: dict[str, list[Token]], parent: int) -> None:
        for token in members.get("ldhName", [])[:1]:
            label = label_of_name(self._value(token))
            if parent >= 0 and self.facts.kinds[parent] == "domain":
                self._put(parent, "name_servers", label, token)
            elif label:
                self.facts.note(label, token.start, token.end, "nameserver.name", token.value)
        for token in members.get("unicodeName", [])[:1]:
            self.facts.note("DOMAIN", token.start, token.end, "nameserver.name", token.value)

    def _contact_of_domain(self, members: dict[str, list[Token]], domain: int) -> int:
        """Write a registrar or an abuse desk into the domain, anyone else as its contact."""
        roles = {self._value(token) for token in members.get("roles", [])}
        card = members.get("vcardArray", [])
        if not roles & {"registrar", "abuse"}:
            return self._record("contact", members, domain)
        for name, token in self._properties(card):
            if "registrar" in roles and name in {"fn", "org"}:
                self._put(domain, "registrar", "ORGANIZATION", token)
                roles.discard("registrar")
            elif name == "email":
                field_name = "abuse_email" if "abuse" in roles else "emails"
                self._put(domain, field_name, "EMAIL", token)
        return domain

    def _record(self, kind: str, members: dict[str, list[Token]], parent: int) -> int:
        facts = self.facts
        record = facts.open(kind, parent)
        fields = _FIELDS[kind]
        for key, tokens in members.items():
            if key == "vcardArray":
                self._card(record, tokens)
            elif key in fields:
                name, label, many = fields[key]
                for token in tokens if many else tokens[:1]:
                    self._put(record, name, label, token)
        for token in members.get("unicodeName", [])[:1]:
            facts.note("DOMAIN", token.start, token.end, "domain.unicode", token.value)
        for key in ("startAddress", "endAddress"):
            for token in members.get(key, [])[:1]:
                facts.note("IP_ADDRESS", token.start, token.end, f"network.{key}", token.value)
        for token in members.get("port43", [])[:1]:
            if kind == "domain":
                self._put(record, "whois_server", label_of_name(self._value(token)), token)
        return record

    def _card(self, record: int, tokens: list[Token]) -> None:
        """Read a jCard: its strings in order are name, type and value of each property."""
        filled: set[str] = set()
        is_body = any(
            self._value(kind) == "kind" and self._value(value) == "org"
            for kind, value in zip(tokens, tokens[2:], strict=False)
        )
        for name, value in self._properties(tokens):
            target, label = _CARD[name]
            if name == "fn" and is_body:
                label = "ORGANIZATION"
            if target not in filled and value.start < value.end:
                filled.add(target)
                self._put(record, target, label, value)

    def _properties(self, tokens: list[Token]) -> Iterator[tuple[str, Token]]:
        for index, token in enumerate(tokens[:-2]):
            name = self.view.text[token.start : token.end]
            kind = self._value(tokens[index + 1])
            if name in _CARD and kind in {"text", "uri"}:
                yield name, tokens[index + 2]


_FIELDS: dict[str, dict[str, tuple[str, str, bool]]] = {
    "domain": {
        "ldhName": ("name", "DOMAIN", False),
        "handle": ("id", "", False),
        "status": ("statuses", "", True),
    },
    "network": {
        "handle": ("handle", "", False),
        "name": ("name", "", False),
        "country": ("country", "", False),
        "parentHandle": ("parent", "", False),
        "startAutnum": ("asn", "", False),
    },
    "contact": {"handle": ("id", "", False), "roles": ("role", "", False)},
}
