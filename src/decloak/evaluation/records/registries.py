"""Registries: what WHOIS servers and RDAP say about a name or a network."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from decloak.evaluation.records.drawn import Network, Record, Registration

__all__ = ["SUFFIXES", "rdap_domain", "rdap_network", "whois_cctld", "whois_gtld", "whois_rir"]


def _wanted(row: Registration, *, registrar: bool = True) -> Record:
    record: Record = {
        "kind": "domain", "name": row.name, "name_servers": list(row.servers), "created": row.created, "expires": row.expires,
        "contacts": [{"kind": "contact", "organization": row.holder}],
    }  # fmt: skip
    return record | ({"registrar": row.registrar} if registrar else {})


def whois_gtld(row: Registration, rng: Random) -> tuple[str, Record]:
    """Return the layout that ICANN asks of all registrars."""
    city, _, code = row.place
    rows = [
        ("Domain Name", row.name.upper()), ("Registry Domain ID", f"{rng.randint(1, 10**9)}_DOMAIN_COM-VRSN"),
        ("Updated Date", "2024-01-01T00:00:00Z"), ("Creation Date", row.created),
        ("Registry Expiry Date", row.expires), ("Registrar", row.registrar), ("Registrar IANA ID", str(rng.randint(1, 4000))),
        ("Domain Status", "clientTransferProhibited https://icann.org/epp#clientTransferProhibited"),
        ("Registrant Organization", row.holder), ("Registrant City", city), ("Registrant Country", code),
        ("Registrant Email", row.email), ("Admin Organization", row.holder), ("Admin Email", row.email),
        *(("Name Server", server.upper()) for server in row.servers), ("DNSSEC", "unsigned"),
    ]  # fmt: skip
    if rng.random() < 0.3:
        rows.insert(8, ("Domain Status", "ok https://icann.org/epp#ok"))
    text = "".join(f"{key}: {value}\n" for key, value in rows)
    if rng.random() < 0.5:
        text += ">>> Last update of whois database: 2024-01-01T00:00:00Z <<<\n"
    record = _wanted(row)
    record["contacts"] = [
        {
            "kind": "contact",
            "organization": row.holder,
            "city": city,
            "country": code,
            "email": row.email,
        }
    ]
    return text, record


def _nominet(row: Registration) -> tuple[str, Record]:
    servers = "".join(f"        {server}\n" for server in row.servers)
    text = (
        f"\n    Domain name:\n        {row.name}\n\n    Registrant:\n        {row.holder}\n\n"
        f"    Registrar:\n        {row.registrar} [Tag = EXAMPLE]\n        URL: https://www.registrar.example\n\n"
        f"    Relevant dates:\n        Registered on: {row.created}\n        Expiry date:  {row.expires}\n\n"
        f"    Registration status:\n        Registered until expiry date.\n\n    Name servers:\n{servers}\n"
        "    WHOIS lookup made at 10:00:00 01-Jan-2024\n"
    )
    return text, _wanted(row)


def _afnic(row: Registration) -> tuple[str, Record]:
    servers = "".join(f"nserver:                       {server}\n" for server in row.servers)
    text = (
        f"%%\n%% This is the AFNIC Whois server.\n%%\n\ndomain:                        {row.name}\nstatus:                        ACTIVE\n"
        f"holder-c:                      EO1-FRNIC\nadmin-c:                       EO1-FRNIC\nregistrar:                     {row.registrar}\n"
        f"Expiry Date:                   {row.expires}\ncreated:                       {row.created}\nsource:                        FRNIC\n\n"
        f"{servers}source:                        FRNIC\n\nnic-hdl:                       EO1-FRNIC\ntype:                          ORGANIZATION\n"
        f"contact:                       {row.holder}\ncountry:                       {row.place[2]}\ne-mail:                        {row.email}\n"
        "source:                        FRNIC\n"
    )
    record = _wanted(row)
    record["contacts"] = [
        {"kind": "contact", "organization": row.holder, "country": row.place[2], "email": row.email}
    ]
    return text, record


def _jprs(row: Registration) -> tuple[str, Record]:
    servers = "".join(f"[Name Server]                   {server}\n" for server in row.servers)
    created, expires = row.created.replace("-", "/"), row.expires.replace("-", "/")
    text = (
        f"Domain Information:\n[Domain Name]                   {row.name.upper()}\n\n[Registrant]                    {row.holder}\n\n"
        f"{servers}[Signing Key]                   \n\n[Created on]                    {created}\n[Expires on]                    {expires}\n"
        f"[Status]                        Active\n\nContact Information:\n[Name]                          {row.holder}\n[Email]                         {row.email}\n"
    )
    record = _wanted(row, registrar=False) | {"created": created, "expires": expires}
    record["contacts"].append({"kind": "contact", "email": row.email})
    return text, record


def _registro(row: Registration) -> tuple[str, Record]:
    servers = "".join(
        f"nserver:     {server}\nnsstat:      20240101 AA\n" for server in row.servers
    )
    created, expires = row.created.replace("-", ""), row.expires.replace("-", "")
    text = (
        f"% Copyright (c) Nic.br\n\ndomain:      {row.name}\nowner:       {row.holder}\ncountry:     {row.place[2]}\nowner-c:     EXO1\ntech-c:      EXO1\n"
        f"{servers}created:     {created} #123456\nexpires:     {expires}\nstatus:      published\n\nnic-hdl-br:  EXO1\n"
        f"person:      Jane Roe\ne-mail:      {row.email}\n"
    )
    record = _wanted(row, registrar=False) | {"expires": expires}
    record["created"] = f"{created} #123456"
    return text, record


_COUNTRIES = {"co.uk": _nominet, "fr": _afnic, "jp": _jprs, "com.br": _registro}
SUFFIXES = tuple(_COUNTRIES)


def whois_cctld(row: Registration, _rng: Random) -> tuple[str, Record]:
    """Return the layout of the registry that has the name's suffix."""
    return next(made(row) for suffix, made in _COUNTRIES.items() if row.name.endswith("." + suffix))


def whois_rir(row: Network, rng: Random) -> tuple[str, Record]:
    """Return the layout of RIPE and its sisters, or of ARIN."""
    code, abuse = row.place[2], row.abuse
    record: Record = {
        "kind": "network", "range": row.span, "name": row.name, "organization": row.holder, "asn": f"AS{row.asn}",
        "cidr": str(row.block),
    }  # fmt: skip
    first, last = row.block[0], row.block[-1]
    if rng.random() < 0.5:
        record |= {"country": code, "emails": [abuse]}
        text = (
            "% This is the RIPE Database query service.\n% The objects are in RPSL format.\n\n"
            f"% Information related to '{first} - {last}'\n\n% Abuse contact for '{first} - {last}' is '{abuse}'\n\n"
            f"inetnum:        {first} - {last}\nnetname:        {row.name}\ncountry:        {code}\norg:            ORG-EX1-RIPE\n"
            "admin-c:        EX1-RIPE\ntech-c:         EX1-RIPE\nstatus:         ASSIGNED PA\nremarks:        Organization: see below\n"
            "remarks:        22/tcp open ssh, Nmap scan report for us\nmnt-by:         EX-MNT\nsource:         RIPE\n\n"
            f"organisation:   ORG-EX1-RIPE\norg-name:       {row.holder}\norg-type:       LIR\ne-mail:         {abuse}\nsource:         RIPE\n\n"
            f"role:           Network Operations\nnic-hdl:        EX1-RIPE\nabuse-mailbox:  {abuse}\nsource:         RIPE\n\n"
            f"% Information related to '{row.block}AS{row.asn}'\n\nroute:          {row.block}\norigin:         AS{row.asn}\nsource:         RIPE\n"
        )
        return text, record
    text = (
        "#\n# ARIN WHOIS data and services are subject to the Terms of Use\n#\n\n"
        f"NetRange:       {first} - {last}\nCIDR:           {row.block}\nNetName:        {row.name}\nNetHandle:      NET-1\n"
        f"NetType:        Direct Allocation\nOriginAS:       AS{row.asn}\nOrganization:   {row.holder} (EXAM-1)\nRegDate:        2010-01-01\n"
        f"Updated:        2020-01-01\n\nOrgName:        {row.holder}\nOrgId:          EXAM-1\nCity:           {row.place[0]}\nCountry:        {code}\n\n"
        f"OrgAbuseHandle: ABUSE1-ARIN\nOrgAbuseName:   Abuse\nOrgAbuseEmail:  {abuse}\n"
    )
    record["contacts"] = [{"kind": "contact", "email": abuse}]
    return text, record


def _entity(roles: list[str], name: str, email: str) -> dict[str, Any]:
    card = [["version", {}, "text", "4.0"], ["fn", {}, "text", name], ["kind", {}, "text", "org"],
            ["email", {}, "text", email]]  # fmt: skip
    return {"objectClassName": "entity", "roles": roles, "vcardArray": ["vcard", card]}


def rdap_domain(row: Registration, rng: Random) -> tuple[str, Record]:
    """Return an RDAP domain object (RFC 9083)."""
    made = {
        "rdapConformance": ["rdap_level_0"], "objectClassName": "domain", "handle": "1_DOMAIN_COM-VRSN", "ldhName": row.name,
        "nameservers": [{"objectClassName": "nameserver", "ldhName": server} for server in row.servers],
        "events": [{"eventAction": "registration", "eventDate": row.created}, {"eventAction": "expiration", "eventDate": row.expires}],
        "entities": [_entity(["registrar"], row.registrar, "abuse@registrar.example"), _entity(["registrant"], row.holder, row.email)],
        "secureDNS": {"delegationSigned": False},
    }  # fmt: skip
    record = _wanted(row) | {
        "contacts": [{"kind": "contact", "name": row.holder, "email": row.email}]
    }
    return json.dumps(made, indent=rng.choice((None, 2))) + "\n", record


def rdap_network(row: Network, rng: Random) -> tuple[str, Record]:
    """Return an RDAP ip network object."""
    made = {
        "rdapConformance": ["rdap_level_0", "cidr0"], "objectClassName": "ip network", "handle": "NET-1", "name": row.name,
        "startAddress": str(row.block[0]), "endAddress": str(row.block[-1]), "ipVersion": "v4", "country": row.place[2],
        "entities": [_entity(["registrant"], row.holder, row.abuse)],
    }  # fmt: skip
    record = {
        "kind": "network", "name": row.name, "handle": "NET-1", "country": row.place[2],
        "contacts": [{"kind": "contact", "name": row.holder, "email": row.abuse}],
    }  # fmt: skip
    return json.dumps(made, indent=rng.choice((None, 2))) + "\n", record
