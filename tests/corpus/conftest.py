"""A small store of runs, written as the tools write."""

import json

import pytest

from decloak.acquire.store import Run, RunStore

NORMAL = """\
# Nmap 7.93 scan initiated Wed Nov 25 23:02:17 2026 as: nmap -A -oN /tmp/scan.nmap 192.0.2.10
Nmap scan report for web01.corp.example (192.0.2.10)
Host is up (0.00012s latency).
Not shown: 2 closed tcp ports (reset)
PORT    STATE    SERVICE  VERSION
22/tcp  open     ssh      OpenSSH 8.4p1 Debian 5 (protocol 2.0)
80/tcp  open     http     Apache httpd 2.4.56 ((Debian) OpenSSL/1.1.1n)
|_http-server-header: Apache/2.4.56 (Debian) OpenSSL/1.1.1n
|_http-title: Did not follow redirect to https://web01.corp.example/
443/tcp open     ssl/http nginx 1.18.0
| ssl-cert: Subject: commonName=web01.corp.example/organizationName=Harbour Works Ltd
| Subject Alternative Name: DNS:web01.corp.example, DNS:*.corp.example
|_Not valid after:  2027-01-01T00:00:00
8080/tcp filtered http-proxy
9100/tcp open    jetdirect?
MAC Address: 00:00:5E:00:53:01 (Quarry Devices)
Service Info: Host: mail; OS: Linux; CPE: cpe:/o:linux:linux_kernel

Read data files from: /usr/bin/../share/nmap
Service detection performed. Please report any incorrect results at https://nmap.org/submit/ .
# Nmap done at Wed Nov 25 23:02:41 2026 -- 1 IP address (1 host up) scanned in 23.48 seconds
"""
XML = """\
<?xml version="1.0" encoding="UTF-8"?>
<nmaprun scanner="nmap" args="nmap -A -oN /tmp/scan.nmap 192.0.2.10" version="7.93">
<host><status state="up" reason="reset"/>
<address addr="192.0.2.10" addrtype="ipv4"/>
<address addr="00:00:5E:00:53:01" addrtype="mac" vendor="Quarry Devices"/>
<hostnames><hostname name="web01.corp.example" type="PTR"/></hostnames>
<ports>
<port protocol="tcp" portid="22"><state state="open"/><service name="ssh" product="OpenSSH" version="8.4p1 Debian 5" extrainfo="protocol 2.0" ostype="Linux" hostname="mail"><cpe>cpe:/a:openbsd:openssh:8.4p1</cpe><cpe>cpe:/o:linux:linux_kernel</cpe></service></port>
<port protocol="tcp" portid="80"><state state="open"/><service name="http" product="Apache httpd" version="2.4.56" extrainfo="(Debian) OpenSSL/1.1.1n"/><script id="http-server-header" output="Apache/2.4.56 (Debian) OpenSSL/1.1.1n"><elem>Apache/2.4.56 (Debian) OpenSSL/1.1.1n</elem></script><script id="http-title" output="x"/></port>
<port protocol="tcp" portid="443"><state state="open"/><service name="http" product="nginx" version="1.18.0" tunnel="ssl"/><script id="ssl-cert" output="x"><table key="subject"><elem key="commonName">web01.corp.example</elem><elem key="organizationName">Harbour Works Ltd</elem></table></script></port>
<port protocol="tcp" portid="8080"><state state="filtered"/><service name="http-proxy" method="table"/></port>
<port protocol="tcp" portid="9100"><state state="open"/><service name="jetdirect" method="table"/></port>
</ports><times srtt="120"/></host></nmaprun>
"""
GREPABLE = (
    "# Nmap 7.93 scan initiated Wed Nov 25 23:02:17 2026 as: nmap -A 192.0.2.10\n"
    "Host: 192.0.2.10 (web01.corp.example)\tStatus: Up\n"
    "Host: 192.0.2.10 (web01.corp.example)\tPorts: 22/open/tcp//ssh//OpenSSH 8.4p1 Debian 5 "
    "(protocol 2.0)/, 443/open/tcp//ssl|http//nginx 1.18.0/, 9100/open/tcp//jetdirect?///\n"
)
DIG = """\

; <<>> DiG 9.18.49 <<>> @192.0.2.53 -p 5353 corp.example MX
; (1 server found)
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 30300
;; QUESTION SECTION:
;corp.example.\t\t\tIN\tMX

;; ANSWER SECTION:
corp.example.\t\t3600\tIN\tMX\t10 mail.corp.example.
corp.example.\t\t3600\tIN\tTXT\t"v=spf1 ip4:198.51.100.0/24 include:spf.mailer.example -all"

;; ADDITIONAL SECTION:
mail.corp.example.\t3600\tIN\tAAAA\t2001:db8::25

;; SERVER: 192.0.2.53#5353(192.0.2.53) (UDP)
"""
YAML = """\
- type: MESSAGE
  message:
    type: AUTH_RESPONSE
    socket_protocol: UDP
    response_address: "192.0.2.53"
    response_port: 5353
    query_address: "0.0.0.0"
    query_port: 0
    response_message_data:
      id: 7267
      QUESTION_SECTION:
        - 'corp.example. IN MX'
      ANSWER_SECTION:
        - 'corp.example. 3600 IN MX 10 mail.corp.example.'
        - 'corp.example. 3600 IN TXT "v=spf1 ip4:198.51.100.0/24 include:spf.mailer.example -all"'
      ADDITIONAL_SECTION:
        - 'mail.corp.example. 3600 IN AAAA 2001:db8::25'
"""
WHOIS = """\
% Terms of use: https://registry.example/terms
Domain Name: CORP.EXAMPLE
Registrar: Harbour Names Inc. (ID 9999)
Registrar WHOIS Server: whois.harbour.example
Registrant:
    Quarry Lane Pottery Ltd
Registrant Email: Hostmaster@corp.example
Name Server: NS1.CORP.EXAMPLE 192.0.2.53
inetnum:        198.51.100.0 - 198.51.100.255
route:          203.0.113.0/24
origin:         AS64496
Created: 2019-01-02
"""
RDAP = {
    "objectClassName": "domain",
    "ldhName": "corp.example",
    "links": [{"href": "https://rdap.registry.example/domain/corp.example"}],
    "nameservers": [{"ldhName": "ns1.corp.example", "ipAddresses": {"v4": ["192.0.2.53"]}}],
    "entities": [
        {
            "roles": ["registrar"],
            "vcardArray": [
                "vcard",
                [
                    ["version", {}, "text", "4.0"],
                    ["kind", {}, "text", "org"],
                    ["fn", {}, "text", "Harbour Names Inc."],
                ],
            ],
        },
        {
            "roles": ["registrant"],
            "vcardArray": [
                "vcard",
                [
                    ["version", {}, "text", "4.0"],
                    ["fn", {}, "text", "Ada Example"],
                    ["org", {}, "text", "Quarry Lane Pottery Ltd"],
                    ["email", {}, "text", "hostmaster@corp.example"],
                ],
            ],
        },
    ],
}
SHODAN = {
    "ip_str": "192.0.2.10",
    "org": "Quarry Lane Pottery Ltd",
    "asn": "AS64496",
    "hostnames": ["web01.corp.example"],
    "ports": [22, 443],
    "vulns": ["CVE-2021-44228"],
    "data": [
        {
            "port": 22,
            "transport": "tcp",
            "product": "OpenSSH",
            "version": "8.4p1",
            "data": "SSH-2.0-OpenSSH_8.4p1\r\n",
            "_shodan": {"module": "ssh"},
            "ip_str": "192.0.2.10",
        }
    ],
}


def run(tool, target, outputs, profile="default", *words, error=None):
    made = {
        name: text if isinstance(text, bytes) else text.encode() for name, text in outputs.items()
    }
    return Run(
        tool=tool,
        version="1",
        profile=profile,
        target=target,
        command=(tool, *words, target),
        started="2026-11-25T23:02:17.000+00:00",
        seconds=1.0,
        exit_status=0,
        error=error,
        outputs=made,
    )


@pytest.fixture
def store(tmp_path):
    """One host, one zone, one registration."""
    store = RunStore(tmp_path / "runs")
    scan = {"normal": NORMAL, "xml": XML, "grepable": GREPABLE}
    store.append(run("nmap", "192.0.2.10", scan, "scripts"))
    store.append(run("dig", "corp.example", {"stdout": DIG, "yaml": YAML}))
    short = {"stdout": "10 mail.corp.example.\n"}
    store.append(run("dig", "corp.example", short, "short", "+short"))
    store.append(run("whois", "corp.example", {"stdout": WHOIS}))
    store.append(run("rdap", "corp.example", {"json": json.dumps(RDAP)}))
    store.append(run("shodan", "192.0.2.10", {"json": json.dumps(SHODAN)}))
    return store


@pytest.fixture(name="shodan")
def shodan_fixture():
    return SHODAN


@pytest.fixture(name="texts")
def texts_fixture():
    return NORMAL, XML


@pytest.fixture(name="run")
def run_fixture():
    return run


@pytest.fixture(scope="module", name="make_run")
def make_run_fixture():
    return run
