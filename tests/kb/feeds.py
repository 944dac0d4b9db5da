"""Small files in the formats that are really published."""

from __future__ import annotations

import json

__all__ = ["CVE5", "EPSS", "FILES", "GALAXY", "KEV", "NVD"]

NVD = {
    "resultsPerPage": 2, "startIndex": 0, "totalResults": 2, "format": "NVD_CVE", "version": "2.0",
    "timestamp": "2026-11-30T12:00:00.000",
    "vulnerabilities": [
        {"cve": {
            "id": "CVE-2021-41617", "sourceIdentifier": "cve@mitre.org", "published": "2021-09-26T19:15:07.263",
            "lastModified": "2024-11-21T06:26:32.160", "vulnStatus": "Modified",
            "descriptions": [{"lang": "en", "value": "sshd in OpenSSH 6.2 through 8.x before 8.8 ..."}],
            "metrics": {"cvssMetricV31": [{"source": "nvd@nist.gov", "type": "Primary", "cvssData": {
                "version": "3.1", "vectorString": "CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:H/I:H/A:H", "baseScore": 7.0,
                "baseSeverity": "HIGH"}}]},
            "weaknesses": [{"source": "nvd@nist.gov", "type": "Primary",
                            "description": [{"lang": "en", "value": "NVD-CWE-Other"}, {"lang": "en", "value": "CWE-273"}]}],
            "configurations": [{"nodes": [{"operator": "OR", "negate": False, "cpeMatch": [
                {"vulnerable": True, "criteria": "cpe:2.3:a:openbsd:openssh:*:*:*:*:*:*:*:*",
                 "versionStartIncluding": "6.2", "versionEndExcluding": "8.8",
                 "matchCriteriaId": "AE4F8A8D-0B4C-4A4E-9C7C-000000000001"}]}]}],
            "references": []}},
        {"cve": {
            "id": "CVE-2021-23017", "published": "2021-06-01T13:15:07.853", "lastModified": "2024-11-21T05:51:09.000",
            "vulnStatus": "Analyzed", "descriptions": [],
            "metrics": {}, "weaknesses": [{"source": "nvd@nist.gov", "type": "Primary",
                                           "description": [{"lang": "en", "value": "CWE-193"}]}],
            "configurations": [{"operator": "AND", "nodes": [
                {"operator": "OR", "negate": False, "cpeMatch": [
                    {"vulnerable": True, "criteria": "cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:*",
                     "versionStartIncluding": "0.6.18", "versionEndExcluding": "1.20.1", "matchCriteriaId": "x"}]},
                {"operator": "OR", "negate": False, "cpeMatch": [
                    {"vulnerable": False, "criteria": "cpe:2.3:o:linux:linux_kernel:-:*:*:*:*:*:*:*", "matchCriteriaId": "y"}]}]}],
            "references": []}},
    ],
}  # fmt: skip

CVE5 = {
    "dataType": "CVE_RECORD", "dataVersion": "5.1",
    "cveMetadata": {"cveId": "CVE-2024-6387", "assignerOrgId": "53f830b8-0a3f-465b-8143-3b8a9948e749", "state": "PUBLISHED",
                    "datePublished": "2024-07-01T12:37:25.431Z", "dateUpdated": "2026-02-26T00:00:00.000Z"},
    "containers": {
        "cna": {"affected": [
            {"vendor": "OpenBSD", "product": "OpenSSH", "defaultStatus": "unaffected", "versions": [
                {"version": "8.5p1", "status": "affected", "versionType": "custom", "lessThanOrEqual": "9.7p1"}]},
            {"vendor": "n/a", "product": "n/a", "versions": [{"version": "n/a", "status": "affected"}]}],
            "problemTypes": [{"descriptions": [{"cweId": "CWE-364", "lang": "en", "type": "CWE", "description": "Signal Handler Race"}]}],
            "metrics": [{"cvssV3_1": {"baseScore": 8.1, "baseSeverity": "HIGH", "version": "3.1"}}]},
        "adp": [{"title": "CISA ADP Vulnrichment", "metrics": []}]},
}  # fmt: skip

KEV = {
    "title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2026.11.28", "count": 1,
    "dateReleased": "2026-11-28T15:00:00.0000Z",
    "vulnerabilities": [{"cveID": "CVE-2021-41617", "vendorProject": "OpenBSD", "product": "OpenSSH",
                         "vulnerabilityName": "OpenSSH Privilege Escalation", "dateAdded": "2026-01-02",
                         "shortDescription": "...", "requiredAction": "...", "dueDate": "2026-01-23",
                         "knownRansomwareCampaignUse": "Known", "notes": "", "cwes": ["CWE-273"]}],
}  # fmt: skip

EPSS = (
    "#model_version:v2025.03.14,score_date:2026-11-30T12:55:00Z\ncve,epss,percentile\n"
    "CVE-2021-41617,0.00354,0.56789\nCVE-2024-6387,0.61234,0.98201\n"
)

GALAXY = {
    "authors": ["Various"], "category": "actor", "description": "Known actors", "name": "Threat Actor", "source": "MISP Project",
    "type": "threat-actor", "uuid": "7cdff317-a673-4474-84ec-4f1754947823", "version": 400,
    "values": [{"description": "...", "meta": {"synonyms": ["Velvet Wombat", "ZQ-17"], "country": "XX"},
                "uuid": "aa73efef-1e7d-42fe-beb9-b66942feb52e", "value": "Gilded Numbat"}],
}  # fmt: skip

WARNING_RANGES = {
    "description": "Ranges", "list": ["198.18.7.0/24", "2001:db8:7::/48"], "matching_attributes": ["ip-src", "ip-dst"],
    "name": "List of resolvers in ranges", "type": "cidr", "version": 20261101,
}  # fmt: skip
WARNING_HOSTS = {
    "description": "Hosts", "list": ["Popular.Example", ".cdn.example"], "matching_attributes": ["hostname"],
    "name": "Top of the list", "type": "hostname", "version": 3,
}  # fmt: skip
WARNING_PATTERNS = {"list": ["^a.*b$"], "name": "Patterns", "type": "regex", "version": 1}

BUNDLE = {
    "type": "bundle", "id": "bundle--ffe1a478-536b-4e91-91b0-0ca0094a97d5", "spec_version": "2.0",
    "objects": [
        {"type": "x-mitre-collection", "id": "x-mitre-collection--1", "name": "Mobile ATT&CK", "x_mitre_version": "19.0"},
        {"type": "intrusion-set", "id": "intrusion-set--2", "name": "Quiet Potoroo", "aliases": ["Quiet Potoroo", "UNC90210"],
         "external_references": [{"source_name": "mitre-attack", "external_id": "G9001"}]},
        {"type": "attack-pattern", "id": "attack-pattern--3", "name": "Screen Tapping",
         "kill_chain_phases": [{"kill_chain_name": "mitre-mobile-attack", "phase_name": "collection"}],
         "external_references": [{"source_name": "mitre-attack", "external_id": "T9002"}]},
        {"type": "relationship", "id": "relationship--4", "relationship_type": "uses",
         "source_ref": "intrusion-set--2", "target_ref": "attack-pattern--3"},
    ],
}  # fmt: skip

CPE_JSON = {
    "resultsPerPage": 2, "format": "NVD_CPE", "version": "2.0", "timestamp": "2026-11-29T00:00:00.000",
    "products": [
        {"cpe": {"deprecated": False, "cpeName": "cpe:2.3:a:quokka:burrow_server:3.1:rc2:*:*:*:*:*:*", "cpeNameId": "x",
                 "titles": [{"title": "Quokka Burrow Server 3.1 rc2", "lang": "en"}]}},
        {"cpe": {"deprecated": True, "cpeName": "cpe:2.3:a:old:thing:1.0:*:*:*:*:*:*:*", "titles": []}},
    ],
}  # fmt: skip
CPE_XML = """<?xml version='1.0' encoding='UTF-8'?>
<cpe-list xmlns="http://cpe.mitre.org/dictionary/2.0" xmlns:cpe-23="http://scap.nist.gov/schema/cpe-extension/2.3">
  <generator><product_name>National Vulnerability Database (NVD)</product_name><timestamp>2026-11-28T03:50:00Z</timestamp></generator>
  <cpe-item name="cpe:/a:quokka:burrow_server:3.2"><title xml:lang="en-US">Quokka Burrow Server 3.2</title>
    <cpe-23:cpe23-item name="cpe:2.3:a:quokka:burrow_server:3.2:*:*:*:*:*:*:*"/></cpe-item>
</cpe-list>
"""
OWN_CSV = "name,label,aliases,id\nWombatWare,MALWARE,Wombat Locker;W0mbat,INT-7\n"
OWN_YAML = "# ours\n- name: Burrow\n  label: SOFTWARE\n  aliases: [burrowd]\n  id: cpe:/a:quokka:burrow_server\n"
OWN_JSON = [{"name": "Numbat Holdings", "label": "ORGANIZATION"}]
KEV_CSV = (
    '"cveID","vendorProject","product","vulnerabilityName","dateAdded","shortDescription","requiredAction","dueDate",'
    '"knownRansomwareCampaignUse","notes","cwes"\n"CVE-2020-0001","A","B","C","2022-01-01","d","e","f","Unknown","","CWE-1"\n'
)

FILES = {
    "nvdcve-2.0-2021.json": json.dumps(NVD), "CVE-2024-6387.json": json.dumps(CVE5),
    "known_exploited_vulnerabilities.json": json.dumps(KEV), "epss_scores-2026-11-30.csv": EPSS,
    "threat-actor.json": json.dumps(GALAXY), "ranges.json": json.dumps(WARNING_RANGES),
    "hosts.json": json.dumps(WARNING_HOSTS), "mobile-attack.json": json.dumps(BUNDLE), "nvdcpe.json": json.dumps(CPE_JSON),
    "official-cpe-dictionary_v2.3.xml": CPE_XML, "ours.csv": OWN_CSV, "ours.yaml": OWN_YAML, "ours.json": json.dumps(OWN_JSON),
    "kev.csv": KEV_CSV,
}  # fmt: skip
"""Name -> content."""
