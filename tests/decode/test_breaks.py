"""Line ends inside tokens are taken out; those between tokens stay."""

from __future__ import annotations

import pytest

from decloak.decode import decode

JOINED = [
    ("see 192.0.\n2.10 now", "192.0.2.10"),
    ("see 2001:db8:\n:53 now", "2001:db8::53"),
    ("exploited CVE-=\n2021-44228", "CVE-2021-44228"),
    ("exploited CVE\n-2021-44228", "CVE-2021-44228"),
    ("at hxxp://evil[.]\ncom/a", "http://evil.com/a"),
    ("at http:/\n/example.com/a now", "http://example.com/a"),
    ("at https://example.com/a/gate.\nphp without", "https://example.com/a/gate.php"),
    ("at https://example.com/a\n/b/c without", "https://example.com/a/b/c"),
    ("at https://example.com/\n  a/b/c without", "https://example.com/a/b/c"),
    ("at https://shop.com.\n  mx/a/b.png now", "https://shop.com.mx/a/b.png"),
    ("> mail user@login.example.\n> com today", "user@login.example.com"),
    ("from abuse@shop.co\n.nz today", "abuse@shop.co.nz"),
    ("- Sender: field.\nfactory@example.com", "field.factory@example.com"),
    ("seen at web-panel77.\nclub on", "web-panel77.club"),
    ("seen at web-panel77\n.club on", "web-panel77.club"),
    ("by Rockwell Au-\ntomation last", "Rockwell Automation"),
    ("by Arct\u2010\nic Wolf last", "Arctic Wolf"),
    ("by LG Elec=\ntronics last", "LG Electronics"),
    ("by FinF=\nisher\u2019s loader", "FinFisher"),
    ("exploited (CVE=\n-2021-44228).", "CVE-2021-44228"),
    ("sha256 e3b0c44298fc1c149afbf4c8996fb924\n  27ae41e4649b934ca495991b7852b855",
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("digest d41d8\ncd98f00b204e9800998ecf8427e ok", "d41d8cd98f00b204e9800998ecf8427e"),
]  # fmt: skip

APART = [
    "a redirect to https://192.0.2.1/\n443/tcp open  ssl/http\n",
    "a redirect to https://192.0.2.1/a/index.html\n8008/tcp open  http\n",
    "See http://www.example.com/\n% Data served below\n",
    "example.com.\t300\tIN\tNS\tns1.example.net.\nwww.example.com.\t300\tIN\tA\t192.0.2.1\n",
    "ns1.example.com.\nns2.example.com.\n",
    "It was registered under\n.club domains are cheap",
    "d41d8cd98f00b204e9800998ecf8427e\n900150983cd24fb0d6963f7d28e17f72\n",
    "b64: ZXZpbC5leGE=\nexample.net\n",
    "server=\nexample.net.\n",
    "".join(
        f"2026-01-02T03:04:05Z {line}\n" for line in ("url: http://example.com/", "a: b", "c: d")
    ),
    "".join(
        f"@kofi {line}\n" for line in ("url: http://example.com/a.php", "type: text/html", "c: d")
    ),
    "the file was removed.\nin the end\n",
    "We use e.g.\nonline tools\n",
    "http://example.com/\ndownload the file\n",
    "http://example.com/admin\n/login\n/images\n",
    "10.\n1.2.3 of the manual\n",
    "references:\n    - https://example.com/a/b/\ntags:\n    - c\n",
    "- https://example.com/a/b/\nlogsource:\n  product: d\n",
]


@pytest.mark.parametrize(("text", "joined"), JOINED)
def test_a_broken_token_is_joined(text: str, joined: str) -> None:
    assert joined in decode(text).view.text


@pytest.mark.parametrize("text", APART)
def test_lines_stay_apart(text: str) -> None:
    assert decode(text).view.text.count("\n") == text.count("\n")


@pytest.mark.parametrize("top", ["example", "test", "com", "co.za"])
def test_names_below_each_other_with_root_dots_stay_apart(top):
    text = f"ns2.dtrrlvmv.{top}.\nns1.dtrrlvmv.{top}.\n"
    assert decode(text).edits == ()
