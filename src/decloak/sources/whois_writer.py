"""Facts from WHOIS fields: which record a value belongs to, and which entity it is."""

from __future__ import annotations

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.indicators.engine import compile_pattern
from decloak.sources.whois_keys import Meaning, meaning_of
from decloak.sources.whois_values import (
    ADDRESS,
    DOMAIN_NAME,
    EMAIL,
    URL,
    has_legal_form,
    is_handle,
    is_organization,
    is_person,
    is_placeholder,
    party_span,
)

__all__ = ["WhoisWriter"]

_MAX_VALUE = 2048
_MAX_GUESSED = 90
_IPV4_DOTS = 3
_CIDR = compile_pattern(rb"[0-9A-Fa-f:.]{1,45}/[0-9]{1,3}", capture=False)
_ASN = compile_pattern(rb"(?i)\bAS ?[0-9]{1,10}\b|^[0-9]{1,10}$", capture=False)
_REGISTRAR_FIELDS = {"name": "registrar", "organization": "registrar", "url": "registrar_url",
                     "id": "registrar_id", "email": "emails"}  # fmt: skip
_ALIASES = (" t/a ", " dba ", " d/b/a ", " trading as ", " DBA ", " T/A ", " D/B/A ")
_CONTACT_FIELDS = frozenset({"emails", "url", "organization", "name"})


class WhoisWriter:
    """Adds fields to the record they belong to.

    Attributes:
        role: the contact that the section at hand is about, or "".
    """

    def __init__(self, view: View, facts: Facts) -> None:
        self.text, self.shadow, self.facts = view.text, view.shadow, facts
        self.role = ""
        self._domain = self._network = self._contact = -1
        self._name = ""  # of the domain
        self._ranged = False
        self._organized = False  # the contact said that it is an organisation
        self._contacts: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._described: set[int] = set()

    # Records

    def subject(self) -> int:
        """Return the record that the text is about; a domain is opened when there is none."""
        return self._network if self._network >= 0 > self._domain else self._domain_record()

    def _domain_record(self) -> int:
        if self._domain < 0:
            self._domain = self.facts.open("domain")
            self._contacts = {}
        return self._domain

    def _contact_record(self, role: str) -> int:
        if not role:
            if self._contact < 0:
                parent = self._domain if self._domain >= 0 else self._network
                self._contact = self.facts.open("contact", parent)
            return self._contact
        if role not in self._contacts:
            parent = self._domain_record() if self._network < 0 else self._network
            self._contacts[role] = self.facts.open("contact", parent)
        return self._contacts[role]

    def _network_record(self, *, fresh: bool) -> int:
        if self._network < 0 or (fresh and self._ranged):
            self._network = self.facts.open("network")
            self._ranged = False
            self._contacts = {}
        return self._network

    def abuse(self, start: int, end: int) -> None:
        """Add the address for complaints about a range; the range itself follows."""
        record = self._domain if self._domain >= 0 else self._network_record(fresh=False)
        self.email(record, "emails", start, end)

    def network(self, name: tuple[int, int], places: tuple[int, int]) -> None:
        """Add a network that one line of a list names, with whose it is and its range."""
        record = self._network_record(fresh=True)
        self._ranged = True
        self._value(record, "organization", "org", *name)
        self._numbers(record, "range", "range", *places)

    def begin(self, meaning: Meaning) -> None:
        """Begin a section; its fields belong to that role."""
        self.role = meaning.role
        if meaning.field == "registrar":
            self.role = "registrar"
        elif meaning.kind == "domain":
            self.role = "domain"
        self._contact = -1
        self._organized = False

    def end_paragraph(self) -> None:
        """End a paragraph of a registry that separates objects by blank lines."""
        self._contact = -1
        self._organized = False

    # Fields

    def field(self, meaning: Meaning, start: int, end: int) -> None:
        """Add the value of a field."""
        end = min(end, start + _MAX_VALUE)
        if not meaning.known and end - start > _MAX_GUESSED:
            return
        scope, role, field, kind, _ = meaning
        of_network = self._network >= 0 > self._domain
        if field == "abuse_email" and of_network:  # domains have one, networks have addresses
            field = "emails"
        if field == "emails" and not self.role and self._contact >= 0:
            self.email(self._contact, "email", start, end)
        elif field == "url" and not self.role and of_network:
            for match in URL.finditer(self.shadow, start, end):
                self.facts.note("URL", *match.span(), "network.url")
        elif scope == "domain" and not (
            self.role and field in _CONTACT_FIELDS and kind != "domain"
        ):
            self._value(self._domain_record_for(field), field, kind, start, end)
        elif scope == "network":
            self._network_field(field, kind, start, end)
        elif not field:
            self._party(role, start, end)
        else:
            self._contact_field(role or self.role, field, kind, start, end)

    def _domain_record_for(self, field: str) -> int:
        if (
            field in {"emails", "created", "updated", "statuses"}
            and self._network >= 0 > self._domain
        ):
            return self._network
        return self._domain_record()

    def _network_field(self, field: str, kind: str, start: int, end: int) -> None:
        if kind == "org":
            if self.role or self._network < 0:
                self._contact_field(self.role, "organization", kind, start, end)
            else:
                self._value(self._network, "organization", kind, start, end)
            return
        if kind == "descr":
            self._description(start, end)
            return
        if kind == "text" and self._network < 0:
            return
        record = self._network_record(fresh=kind == "range")
        self._ranged = self._ranged or kind == "range"
        self._value(record, field, kind, start, end)

    def _contact_field(self, role: str, field: str, kind: str, start: int, end: int) -> None:
        if field == "role":
            self._contact_type(start, end)
            return
        if field == "emails":
            field = "email"
        if role == "domain":
            if field == "name":
                self.domain_name(start, end)
                return
            role = ""
        if role == "registrar":
            target = _REGISTRAR_FIELDS.get(field)
            if target:
                kind = "org" if target == "registrar" else kind
                self._value(self._domain_record(), target, kind, start, end)
            return
        if field == "country" and not role and self._network >= 0 > self._contact:
            self._text(self._network, field, start, end)
            return
        if role == "registrar_contact":
            if kind == "email":
                self.email(self._domain_record(), "emails", start, end)
            return
        if not role and field == "name" and self._contact >= 0 and self._contact in self._names:
            self._contact = -1  # the next object begins without a blank line
        self._value(self._contact_record(role), field, kind, start, end)

    def _description(self, start: int, end: int) -> None:
        """Add a line of description; the first may name whose the object is."""
        record, field = self._network, "description"
        if record < 0:
            record, field = self._domain_record(), "registrant"
        a, b = party_span(self.text, start, end)
        if a < b and record not in self._described and not is_placeholder(self.text[a:b]):
            self._described.add(record)
            label = "ORGANIZATION" if is_organization(self.text[a:b]) else ""
            self.facts.add(record, field, label, a, b)

    def _contact_type(self, start: int, end: int) -> None:
        """``type: ORGANIZATION`` tells what the name is, ``Contact Type: admin`` whose it is."""
        value = self.text[start:end].strip()
        self._organized = value.casefold() in {"organization", "organisation", "company", "legal"}
        meaning = meaning_of(value)
        if meaning is not None and not meaning.field and meaning.role:
            self.role = meaning.role

    # Values

    def _value(self, record: int, field: str, kind: str, start: int, end: int) -> None:
        if kind == "org":
            self._organization(record, field, start, end)
        elif kind == "person":
            self._person(record, field, start, end)
        elif kind == "domain":
            self.domain_name(start, end)
        elif kind == "nameserver":
            self.name_servers(start, end)
        elif kind == "email":
            self.email(record, field, start, end)
        elif kind in {"url", "host"}:
            self._url(record, field, start, end)
        elif kind == "ip":
            for match in ADDRESS.finditer(self.shadow, start, end):
                self.facts.add(record, "addresses", "IP_ADDRESS", *match.span())
        elif kind == "text":
            self._text(record, field, start, end)
        else:
            self._numbers(record, field, kind, start, end)

    def _text(self, record: int, field: str, start: int, end: int) -> None:
        value = self.text[start:end]
        if field == "updated" and "@" in value:  # "changed: hostmaster@example.com 20240101"
            self._notes_of_email(record, start, end)
        if "://" in value and (match := URL.search(self.shadow, start, end)):
            a, b = match.span()
            self.facts.note("URL", a, b, f"{self.facts.kinds[record]}.{field}")
            value = self.text[start:a]
        value = value.rstrip()
        if value and not is_placeholder(value[:64]):
            self.facts.add(record, field, "", start, start + len(value))

    def domain_name(self, start: int, end: int) -> None:
        """Add the name of the domain; another name than before begins another record."""
        match = DOMAIN_NAME.search(self.shadow, start, min(end, start + 512))
        if match is None:
            return
        name = match.group().lower().decode("latin-1")
        if self._domain >= 0 and self._name and name != self._name:
            self._domain = self.facts.open("domain")
            self._contacts = {}
        self._name = name
        self.facts.add(self._domain_record(), "name", "DOMAIN", *match.span())

    def name_servers(self, start: int, end: int) -> None:
        """Add the names and addresses of name servers."""
        record = self._domain_record()
        for match in DOMAIN_NAME.finditer(self.shadow, start, end):
            self.facts.add(record, "name_servers", "DOMAIN", *match.span())
        value = self.shadow[start:end]
        if b":" not in value and value.count(b".") < _IPV4_DOTS:
            return
        for match in ADDRESS.finditer(self.shadow, start, end):
            a, b = match.span()
            if self.shadow[a - 1] not in b"-_.@" or a == start:
                self.facts.add(record, "addresses", "IP_ADDRESS", a, b)

    def email(self, record: int, field: str, start: int, end: int) -> None:
        """Add the e-mail addresses of a value."""
        for match in EMAIL.finditer(self.shadow, start, end):
            self.facts.add(record, field, "EMAIL", *match.span())

    def _url(self, record: int, field: str, start: int, end: int) -> None:
        match = URL.search(self.shadow, start, end)
        if match:
            self.facts.add(record, field, "URL", *match.span())
            return
        match = DOMAIN_NAME.match(self.shadow, start, end)
        if match and (match.end() == end or self.shadow[match.end()] in b" /.:,;)\t"):
            self.facts.add(record, field, "DOMAIN", *match.span())

    def _numbers(self, record: int, field: str, kind: str, start: int, end: int) -> None:
        if kind == "asn":
            for match in _ASN.finditer(self.shadow[start:end]):
                a, b = match.span()
                self.facts.add(record, field, "ASN", start + a, start + b)
            return
        if kind == "range":
            places = [match.span() for match in ADDRESS.finditer(self.shadow, start, end)]
            if len(places) == 2:
                self.facts.add(record, field, "CIDR", places[0][0], places[1][1])
                return
        for index, match in enumerate(_CIDR.finditer(self.shadow, start, end)):
            target = field if index == 0 or field == "range" else "cidrs"
            self.facts.add(record, target, "CIDR", *match.span())

    def _organization(self, record: int, field: str, start: int, end: int) -> None:
        if self.shadow.find(b"://", start, end) >= 0:
            for match in URL.finditer(self.shadow, start, end):
                self.facts.note("URL", *match.span(), f"{self.facts.kinds[record]}.{field}")
        self._notes_of_email(record, start, end)
        for a, b in self._parties(start, end):
            value = self.text[a:b]
            if is_placeholder(value):
                continue
            same = value == self._names.get(record) and is_person(value)
            if is_handle(value) and self.facts.kinds[record] == "network":
                continue
            plain = is_handle(value) or same or value.isdigit()
            self.facts.add(record, field, "" if plain else "ORGANIZATION", a, b)

    def _parties(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the names in a value: one, or two joined by ``t/a``."""
        if self.shadow.find(b"@", start, end) >= 0:
            match = EMAIL.search(self.shadow, start, end)
            end = match.start() if match else end
        a, b = party_span(self.text, start, end)
        if b - a > 8 and self.text.find(" ", a, b) > 0:
            for alias in _ALIASES:
                at = self.text.find(alias, a, b)
                if at > 0:
                    return [(a, at), (at + len(alias), b)]
        return [(a, b)] if a < b else []

    def _notes_of_email(self, record: int, start: int, end: int) -> None:
        if self.shadow.find(b"@", start, end) >= 0:
            field = "email" if self.facts.kinds[record] == "contact" else "emails"
            self.email(record, field, start, end)

    def _person(self, record: int, field: str, start: int, end: int) -> None:
        self._notes_of_email(record, start, end)
        for a, b in self._person_and_body(start, end):
            value = self.text[a:b]
            if is_placeholder(value):
                return
            self._names.setdefault(record, value)
            found = self._organized or is_organization(value)
            if is_handle(value):
                field = "id"
            elif self._organized and field == "name":
                field = "organization"
            self.facts.add(record, field, "ORGANIZATION" if found else "", a, b)

    def _person_and_body(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the names in a value; ``Jane Doe, Example GmbH`` has two."""
        parties = self._parties(start, end)
        if len(parties) == 1:
            a, b = parties[0]
            at = self.text.find(", ", a, b)
            if at > 0 and is_person(self.text[a:at]) and is_organization(self.text[at + 2 : b]):
                return [(a, at), (at + 2, b)]
        return parties

    def _party(self, role: str, start: int, end: int) -> None:
        """Add a value that names a party: a handle, an organisation or a person."""
        if role == "registrar":
            self._value(self._domain_record(), "registrar", "org", start, end)
            return
        if role == "reseller":
            self._value(self._domain_record(), "reseller", "org", start, end)
            return
        if role == "registrar_contact":
            self._notes_of_email(self._domain_record(), start, end)
            return
        record = self._contact_record("" if role == "contact" else role)
        if role == "contact":
            self._person(record, "name", start, end)
            return
        self._notes_of_email(record, start, end)
        for match in URL.finditer(self.shadow, start, end):
            self.facts.note("URL", *match.span(), "contact.url")
        for a, b in self._parties(start, end):
            value = self.text[a:b]
            if is_placeholder(value):
                return
            if is_handle(value) or value.replace("-", "").isdigit():
                self.facts.add(record, "id", "", a, b)
                continue
            sure = is_organization(value) or (role == "registrant" and _may_be_body(value))
            target = "organization" if sure else "name"
            self.facts.add(record, target, "ORGANIZATION" if sure else "", a, b)

    def below(self, section: Meaning, start: int, end: int, count: int) -> None:
        """Add a line that stands below the title of a section."""
        end = min(end, start + _MAX_VALUE)
        _, role, field, kind, _ = section
        if kind == "nameserver":
            self.name_servers(start, end)
        elif kind == "domain":
            if count == 1:
                self.domain_name(start, end)
        elif field in {"registrar", "reseller"} or role in {"registrar", "reseller"}:
            self._registrar_line(role or field, start, end, count)
        elif kind == "org":
            if count == 1:
                self._contact_field("registrant", "organization", "org", start, end)
        elif kind == "party":
            self._party_line(role, start, end, count)
        elif kind == "email":
            self.email(self.subject(), "emails", start, end)

    def _registrar_line(self, role: str, start: int, end: int, count: int) -> None:
        record = self._domain_record()
        if count == 1:
            self._organization(
                record, "reseller" if role == "reseller" else "registrar", start, end
            )
        else:
            self._notes_of_email(record, start, end)

    def _party_line(self, role: str, start: int, end: int, count: int) -> None:
        record = self._contact_record(role)
        self._notes_of_email(record, start, end)
        for a, b in self._parties(start, end):
            value = self.text[a:b]
            if is_placeholder(value) or is_handle(value) or not value[0].isalpha():
                return
            first = record not in self._names
            sure = is_organization(value) and (first or count <= 3) and not _is_place(value)
            sure = sure or (first and role == "registrant" and _may_be_body(value))
            if first or sure:
                self._names[record] = value
                target = "organization" if sure else "name"
                self.facts.add(record, target, "ORGANIZATION" if sure else "", a, b)


def _may_be_body(value: str) -> bool:
    """Whether a registrant's name is hardly a person's."""
    return not is_person(value) and not any(char.isdigit() for char in value) and len(value) > 2


def _is_place(value: str) -> bool:
    """Whether a line of an address has a number, as streets and towns do."""
    return any(char.isdigit() for char in value) and not has_legal_form(value)
