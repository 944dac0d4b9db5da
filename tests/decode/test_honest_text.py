"""Programs, manuals, expressions and foreign prose that look disguised and are not."""

from __future__ import annotations

import pytest

from decloak.decode import decode

KEPT = [
    "return self.__class__.__name__\n",
    "value = object.__new__(cls)\n",
    "below = version.__ge__\n",
    'host = f"{self.name}.example.com"\n',
    'path = "{0}.zip".format(name)\n',
    "found = list[i].search(text)\n",
    "such as <code>Buffer</code>s, <code>Date</code>s or so\n",
    '<span class="hljs-variable">event</span>.<span class="hljs-property">data</span>\n',
    "is called the <em>closure API</em>. It is\n",
    "il s'agit d'un point de montage\n",
    "el punto de partida, el punto es\n",
    "from http:// to https:// in all pages\n",
    "add <d> to the list, using |.| to repeat\n",
    "rm -f gram.[ch] parse.[ch]\n",
    "s/foo\\.bar/baz/g\n",
    "m{Example/Config\\.pm}\n",
    "^[a-z]+\\.example\\.com$\n",
    "check that this != new\\.target in it\n",
    "    echo done.\nfi\nexit 0\n",
    "# Find white space in the rest of chars.\n        ws = pmax - 1\n",
    "# see https://example.com/data/reference.html#types-and-values\nutil.Type = function () {\n",
    "    # https://example.com/issues/113199\n    self._fp.close()\n",
    "a constant expression.\neg. `static` is\n",
    "```css\n.foo, .bar {}\n```\n",
    "makes a query like\n.BR res_query ().\n.SH NOTES\nThe function\n.BR open (2)\n",
    "one two\n    o   o\n.fi\n.sp\n.SH END\n",
    "loss record 4\n       at 0x1B9036DA: operator new (alloc.c:99)\n",
    '"chars": "\u00aa\u00ab\u00ac\u00ad\u00ae\u00af"\n',
]

UNDONE = [
    ("The server runs nginx 1.=\n18.0 now", "nginx 1.18.0 now"),
    ("The server runs nginx 1=\r\n.18.0 now", "nginx 1.18.0 now"),
    ("Affected: OpenSSH 8.\u00ad\n9p1 and", "OpenSSH 8.9p1 and"),
    ("Upgrade lighttpd 1\u00ad\n.4.53 soon", "lighttpd 1.4.53 soon"),
    ("nginx 5(.)7(.)33 here", "nginx 5.7.33 here"),
    ("Affected: OpenSSH 8(.)9p1 and", "OpenSSH 8.9p1 and"),
    ("Server: nginx/1[.]18[.]0\r\n", "nginx/1.18.0"),
    ("OpenSSL 1[.]1[.]1k is", "OpenSSL 1.1.1k is"),
    ("nginx 1~~.2~~1.6 behind", "nginx 1.21.6 behind"),
    ('"product": "nginx", "version": "3.`0`.3"', '"3.0.3"'),
    ("Researchers at Palo Alto =\nNetworks say", "Palo Alto Networks say"),
    ("Researchers at Palo Alto=\n Networks say", "Palo Alto Networks say"),
    ("exposed Elastic=\nsearch servers", "exposed Elasticsearch servers"),
    ("exposed Kube-\nrnetes servers", "exposed Kubernetes servers"),
    ("Registrar: Examp[b]le.com,[/b] Inc.\n", "Example.com, Inc."),
    ("80/tcp open http Postfix\\u0020smtpd\n", "Postfix smtpd"),
    ("exploits CVE_-_2021-44228 now", "CVE-2021-44228 now"),
    ("connects to 192._0_.2.1 now", "192.0.2.1 now"),
    ("mail admin@mail.exa_mple.ne_t now", "admin@mail.example.net now"),
    ("at https://cloud.example.com/a\\-b \\fBx\\fR", "https://cloud.example.com/a-b "),
    ("exam[url]ple[/url].com", "example.com"),
    ("(evil\\.example\\.com)", "(evil.example.com)"),
    ("www punkt example punkt de", "www.example.de"),
]


@pytest.mark.parametrize("text", KEPT)
def test_honest_text_stays(text: str) -> None:
    assert decode(text).text == text


@pytest.mark.parametrize(("text", "plain"), UNDONE)
def test_what_is_disguised_is_undone(text: str, plain: str) -> None:
    assert plain in decode(text).text


ENCODED = [
    ("C2 IP (decimal): 3221225985\n", "192.0.2.1"),
    ("IOCs:\n- 0xC0000201\n", "- 192.0.2.1"),
    ("Addresses:\n- 3221225985\n", "- 192.0.2.1"),
    ("The domain is ROT13 encoded: znvycbegny.bet.", "mailportal.org"),
    ('rot13("pqa.fgbezyvtug.vg")', "cdn.stormlight.it"),
    ("Registrar: Example,+LLC\n", "Example, LLC"),
    ("Registrar: Example!%20Inc.\n", "Example! Inc."),
]


@pytest.mark.parametrize(("text", "plain"), ENCODED)
def test_what_is_announced_is_decoded(text: str, plain: str) -> None:
    assert plain in decode(text).text


@pytest.mark.parametrize(
    "text", ["#define LIMIT 0x7fffffff\n", "IDs:\n- 3221225985\n", "host mask 0xffffff00\n"]
)
def test_constants_are_no_addresses(text: str) -> None:
    assert decode(text).text == text
