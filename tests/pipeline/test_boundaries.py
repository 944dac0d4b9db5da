"""Where indicators begin and end: in strings, rows, prose of other scripts and markup, from end to end."""

from __future__ import annotations

import pytest

from decloak.core.document import Document
from decloak.options import Settings
from decloak.pipeline import Pipeline

MD5 = "5f4dcc3b5aa765d61d8327deb882cf99"
SHA1 = "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
FOUND = ("DOMAIN", "IP_ADDRESS", "CIDR", "URL", "EMAIL", "HASH", "CVE", "FILE_PATH")

WRITTEN_OUT = [
    (r'{"body":"Indicators:\r\n\r\nbad-cdn.example.net\r\n198.51.100.77\r\nhttp://bad-cdn.example.net/dl/x.bin\r\n"}',
     "bad-cdn.example.net 198.51.100.77 http://bad-cdn.example.net/dl/x.bin"),
    (r"data = 'one.example.org\ttwo.example.org\tthree.example.org'", "one.example.org two.example.org three.example.org"),
    (r'{"log":"{\"msg\":\"resolved\\nroute.example.com\\n203.0.113.45\\n"}', "route.example.com 203.0.113.45"),
    (rf'{{"hashes":"{MD5}\n{SHA1}\n{SHA256}"}}', f"{MD5} {SHA1} {SHA256}"),
    (r'{"comment":"contact:\u000aabuse@example.org\u000anoc@example.net","x":"\u0009relay.example.com\u0009"}',
     "abuse@example.org noc@example.net relay.example.com"),
    (r'payload="\x0aupdate.evil-site.net\x0d\x0anews.evil-site.net"', "update.evil-site.net news.evil-site.net"),
    (r"The config sat in C:\new\tools\readme.txt and C:\temp\report.docx.", r"C:\new\tools\readme.txt C:\temp\report.docx"),
    (r'{"cves":"CVE-2021-44228\nCVE-2022-22965"}', "CVE-2021-44228 CVE-2022-22965"),
    (r'{"text":"hxxps[:]//pay.evil-bank[.]com/login\nand 198[.]51[.]100[.]9\nand admin[@]evil-bank[.]com\n"}',
     "https://pay.evil-bank.com/login 198.51.100.9 admin@evil-bank.com"),
    (r'{"v6":"2001:db8::7\n2001:db8::8","net":"203.0.113.0/24\n198.51.100.0/24"}',
     "2001:db8::7 2001:db8::8 203.0.113.0/24 198.51.100.0/24"),
]  # fmt: skip

ROWS = [
    ("indicator;type;campaign\nhttp://mail.example.com/owa/auth;url;SpringBear\n198.51.100.23;ip;SpringBear\n",
     "http://mail.example.com/owa/auth 198.51.100.23"),
    ("Indicator_type,Data,Note\nurl,hxxp://203.0.113[.]40/tmp.1w,URL hosting ransomware\nurl,hxxps://evil-docs[.]com/Bj12z/?e=,\n",
     "http://203.0.113.40/tmp.1w https://evil-docs.com/Bj12z/?e="),
    ('value,entity_type,description\nhttps://t.example.me/z35i4AH80,url,Group of the actor\nhttps://www.example.com/watch?v=aQ7E,url,"Video, of the app"\n',
     "https://t.example.me/z35i4AH80 https://www.example.com/watch?v=aQ7E"),
    ("2024-03-01|http://a.evil.example.com/x.php|203.0.113.9|64500|US\n", "http://a.evil.example.com/x.php 203.0.113.9"),
    ("https://news.example.com/story/a,b;c=1?x=1,2 is the whole address", "https://news.example.com/story/a,b;c=1?x=1,2"),
    ("see https://maps.example.com/@48.137,11.575,12z/data and https://www.example.de/artikel,1234,5678.html",
     "https://maps.example.com/@48.137,11.575,12z/data https://www.example.de/artikel,1234,5678.html"),
    ("https://www.example.de/artikel,1234,5678.html\nhttps://www.example.de/artikel,22,33.html\n",
     "https://www.example.de/artikel,1234,5678.html https://www.example.de/artikel,22,33.html"),
    (f"http://203.0.113.15/a.exe,{MD5},{SHA256},2023-11-04\n", f"http://203.0.113.15/a.exe {MD5} {SHA256}"),
    ("https://one.example.com/a;https://two.example.com/b;198.51.100.4;three.example.com",
     "https://one.example.com/a https://two.example.com/b 198.51.100.4 three.example.com"),
    ("Associated URL,Notes\nhttps://chat.example.me/maps_net,Managed Chat Group\nhttps://chat.example.me/+xwtKU,Legitimate Group\n",
     "https://chat.example.me/maps_net https://chat.example.me/+xwtKU"),
    ("action=block,url=http://evil.example.com/a/b,ip=203.0.113.5,user=bob", "http://evil.example.com/a/b 203.0.113.5"),
    ("url=http://evil.example.com/a;host=evil.example.com;port=8080", "http://evil.example.com/a evil.example.com"),
    ("1,http://a.example.com/x,200\n2,http://b.example.com/y,404\n", "http://a.example.com/x http://b.example.com/y"),
    ("http://a.example.com/x,200,text/html\nhttp://b.example.com/y,404,text/html\n", "http://a.example.com/x http://b.example.com/y"),
    ("src,dst,url\n203.0.113.1,203.0.113.2,https://shop.example.com/cart;jsessionid=AB12?x=1\n",
     "203.0.113.1 203.0.113.2 https://shop.example.com/cart;jsessionid=AB12?x=1"),
    ("hxxps://one[.]example[.]com/path,one[.]example[.]com,203[.]0[.]113[.]7,AS64501\n",
     "https://one.example.com/path one.example.com 203.0.113.7"),
    ('"http://evil.example.com/a";"2024-02-02";"phishing"\n"http://evil.example.com/b;jsessionid=12";"2024-02-03";"phishing"\n',
     "http://evil.example.com/a http://evil.example.com/b;jsessionid=12"),
]  # fmt: skip

SCRIPTS = [
    (f"该木马会连接198.51.100.14的8080端口，并从http://evil.example.com/a.exe下载文件，样本SHA256为{SHA256}。",
     f"198.51.100.14 http://evil.example.com/a.exe {SHA256}"),
    ("マルウェアはhttps://evil-jp.example.com/loginにアクセスし、IPアドレス203.0.113.61と通信します。",
     "https://evil-jp.example.com/login 203.0.113.61"),
    (f"악성코드는 evil-kr.example.com에 접속하고 203.0.113.62로 보낸다. 해시는 {MD5}입니다.",
     f"evil-kr.example.com 203.0.113.62 {MD5}"),
    ("يتصل بالعنوان203.0.113.63 وبالنطاقevil-ar.example.comثم يرسل إلىadmin@example.orgالرسالة",
     "203.0.113.63 evil-ar.example.com admin@example.org"),
    ("มัลแวร์เชื่อมต่อไปที่evil-th.example.comและ203.0.113.64ผ่านช่องโหว่CVE-2022-30190ของระบบ",
     "evil-th.example.com 203.0.113.64 CVE-2022-30190"),
    ("官网是 例え.jp 和 пример.рф，还有 münchen.example.de。", "xn--r8jz45g.jp xn--e1afmkfd.xn--p1ai xn--mnchen-3ya.example.de"),
    ("访问hxxp://evil[.]example[.]com/a得到载荷，或者hxxps://evil[.]example[.]net/b。",
     "http://evil.example.com/a https://evil.example.net/b"),
    ("ドメインevil[.]example[.]net（203[.]0[.]113[.]66）とbad@example[.]comを確認",
     "evil.example.net 203.0.113.66 bad@example.com"),
    ("IPv6地址2001:db8::25和网段203.0.113.0/24均为恶意", "2001:db8::25 203.0.113.0/24"),
    ("テスト用サイト https://ja.example.org/wiki/日本語 を参照", "https://ja.example.org/wiki/日本語"),
]  # fmt: skip

MARKUP = [
    ("|===\n|IP |Domain\n|`+203.0.113[.]17+` |`+cdn.evil-news[.]com+`\n|===\n", "203.0.113.17 cdn.evil-news.com"),
    (f"* `++{SHA1.upper()}++`\n* `++hxxps://evil-news[.]com/a_b/c__d++`\n", f"{SHA1} https://evil-news.com/a_b/c__d"),
    ("See https://www.example.com/2020/more-evil/[blogpost on Example], link:http://yara.example.org/[Yara] or http://rules.example.net[rules]^.",
     "https://www.example.com/2020/more-evil/ http://yara.example.org/ http://rules.example.net"),
    ('please read\nhttps://www.example.com/2020/07/mac-app/["Mac\ntrading application"]\non https://www.example.com[Example].\n',
     "https://www.example.com/2020/07/mac-app/ https://www.example.com"),
    ("link:packer.yar[] rule, https://plus.example.io/yara/[Yara], mailto:a@example.com[mail us]", "https://plus.example.io/yara/ a@example.com"),
    ("* \\https://film-view.example.com/help/index.php\n", "https://film-view.example.com/help/index.php"),
    (f"The loader (``{SHA256}``) calls ``hxxp://evil-a[.]com/x`` and :code:`evil-b[.]net`, :ref:`notes <https://docs.example.org/notes>`_.\n",
     f"{SHA256} http://evil-a.com/x evil-b.net https://docs.example.org/notes"),
    (f"- =203.0.113.77= (C2)\n- ~{MD5}~\n- [[https://org.example.com/a][the page]]\n", f"203.0.113.77 {MD5} https://org.example.com/a"),
    ('"the report":https://textile.example.com/r/1 and @evil-x.example.net@ and @198.51.100.6@ !\n',
     "https://textile.example.com/r/1 evil-x.example.net 198.51.100.6"),
    ("|| {{{203.0.113.99}}} || [https://wiki.example.com/Page the page] || [[https://wiki.example.org/X|X]] ||\n",
     "203.0.113.99 https://wiki.example.com/Page https://wiki.example.org/X"),
    (r"\item \texttt{203.0.113.33}, \url{http://evil-l.example.net/a_b}, \href{https://ref.example.com/x}{the source}",
     "203.0.113.33 http://evil-l.example.net/a_b https://ref.example.com/x"),
    ("**203.0.113.44**, __evil-m.example.net__, ~~evil-n.example.net~~, **hxxps://evil-o[.]example[.]net/p**, *CVE-2021-44228*\n",
     "203.0.113.44 evil-m.example.net evil-n.example.net https://evil-o.example.net/p CVE-2021-44228"),
    ("[b]evil-p.example.net[/b] [url=http://evil-q.example.net/z]link[/url] [url]http://evil-r.example.net/y[/url]\n",
     "evil-p.example.net http://evil-q.example.net/z http://evil-r.example.net/y"),
    (f"<li>&lt;http://evil-s.example.net/q&gt;</li><td>203.0.113.3</td>&nbsp;{SHA1}&nbsp;\n", f"http://evil-s.example.net/q 203.0.113.3 {SHA1}"),
    (r"\verb+ops@evil-y.example+, @code{evil-z.example.net} and \fB203.0.113.51\fR", "ops@evil-y.example evil-z.example.net 203.0.113.51"),
    ("[.mono]#evil-b1.example.net# %%203.0.113.52%% ||evil-b2.example.net||203.0.113.53||", "evil-b1.example.net 203.0.113.52 evil-b2.example.net 203.0.113.53"),
    ("- `++evil-u[.]example|198.51.100[.]41++`\n* `+admin@evil-mail[.]com+`\n* ++CVE-2023-38831++\n",
     "evil-u.example 198.51.100.41 admin@evil-mail.com CVE-2023-38831"),
]  # fmt: skip


LINE_ENDS = [
    (f"Seen at https://files.example.net/get/installer/\nsha256 {SHA256}\n", f"https://files.example.net/get/installer/ {SHA256}"),
    ("hxxp://evil.example.com/panel/\nhxxp://evil.example.net/gate/\n203.0.113.7\n",
     "http://evil.example.com/panel/ http://evil.example.net/gate/ 203.0.113.7"),
    (f"Malware,APK,https://news.example.com/2023/07/uncovering-a-campaign/\r\nsha256,{SHA256},Malicious APK\r\n",
     f"https://news.example.com/2023/07/uncovering-a-campaign/ {SHA256}"),
    (f"url http://evil.example.com/x?id=\nmd5 {MD5}\n", f"http://evil.example.com/x?id= {MD5}"),
    ("It is at https://evil.example.com/one/\nx64 builds follow in May\n", "https://evil.example.com/one/"),
    ("C2: https://c2.example.com/x.php?id=\n203.0.113.5\n", "https://c2.example.com/x.php?id= 203.0.113.5"),
    ("- https://c2.example.com/up-\n443/tcp open https\n", "https://c2.example.com/up-"),
    ("> was fetched second from http://cdn.example.com/docs/edge/data-\n> stage2.exe to the host.\n",
     "http://cdn.example.com/docs/edge/data-stage2.exe"),
    ("https://evil.example.com/first/\nadmin@example.com\n", "https://evil.example.com/first/ admin@example.com"),
    ("Payload: hxxps://cdn.evil.example.com/assets/update/\nstage2/loader.bin (deleted)\n",
     "https://cdn.evil.example.com/assets/update/stage2/loader.bin"),
    ("> The file came from https://storage.example.com/bucket/very/long/path/to/\n> payload/loader.exe and was run.\n",
     "https://storage.example.com/bucket/very/long/path/to/payload/loader.exe"),
    ("C2: https://api.example.com/v2/collect?session=0a1b2c3d4e5f&\nhost=ws01&build=7\nsize 14 KB\n",
     "https://api.example.com/v2/collect?session=0a1b2c3d4e5f&host=ws01&build=7"),
    ("Payload URL   https://cdn.evil-host.example.net/update/\n              stage2/loader.bin\nSize          14 KB\n",
     "https://cdn.evil-host.example.net/update/stage2/loader.bin"),
    (f"The SHA-256 of the loader is {SHA256[:32]}\n{SHA256[32:]} (first seen in May).", SHA256),
    (f"Their MD5 sums, which are no SHA-256, as MD5: {SHA256[:32]}\n{SHA256[32:]} (both new).", f"{SHA256[:32]} {SHA256[32:]}"),
]  # fmt: skip

WHOLE_VALUES = [
    ("beacons to https://evil\\.example\\.com/malware?id=1", "https://evil.example.com/malware?id=1"),
    ('yara: $u1 = "http://evil\\.example\\.net/gate\\.php" ascii', "http://evil.example.net/gate.php"),
    ("the market moved to shop.example.i2p and http://hosts.example.i2p/list", "shop.example.i2p http://hosts.example.i2p/list"),
    ("ftp://user:pa55@ftp.evil.example.com/up and https://admin:secret@203.0.113.5:8443/",
     "ftp://user:pa55@ftp.evil.example.com/up https://admin:secret@203.0.113.5:8443/"),
    ("mail d'arcy@example.org, bounces+user=example.com@lists.example.net, sales+eu@example.co.uk",
     "d'arcy@example.org bounces+user=example.com@lists.example.net sales+eu@example.co.uk"),
    ("from='alice@example.com' to=\"bob@example.net\" rcpt=carol@example.org", "alice@example.com bob@example.net carol@example.org"),
    ("addr:2001:db8::1 on <203.0.113.54> (hop 3 203.0.113.55)", "2001:db8::1 203.0.113.54 203.0.113.55"),
    ("Return-Path: <SRS0=ab12=XY=example.org=joe@forward.example.net>", "SRS0=ab12=XY=example.org=joe@forward.example.net"),
    ("mailto:first.o'neil+news@example.ie?subject=hi", "first.o'neil+news@example.ie"),
]  # fmt: skip


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(Settings(tagger="off"))


@pytest.mark.parametrize(
    ("text", "wanted"), [*WRITTEN_OUT, *ROWS, *SCRIPTS, *MARKUP, *LINE_ENDS, *WHOLE_VALUES]
)
def test_exactly_what_stands_there_is_found(text: str, wanted: str, pipeline: Pipeline) -> None:
    found = pipeline.run(Document("-", text)).entities
    assert {each.value for each in found if each.label in FOUND} == set(wanted.split())
