"""Mail: messages written by real programs, back to header and part, and messages that are broken on purpose."""

from __future__ import annotations

import email
import email.policy
import mailbox
import pickle
import random
import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path

import pytest
from aspose.email_foss import msg
from hypothesis import given, settings
from hypothesis import strategies as st

from decloak.core.document import Document
from decloak.core.result import Failure
from decloak.readers import Input, documents_of
from decloak.readers.base import Limits, ReadOptions
from decloak.readers.eml import READER as EML
from decloak.readers.html import READER as HTML
from decloak.readers.mail.headers import decoded
from decloak.readers.mbox import READER as MBOX
from decloak.readers.msg import READER as MSG

MAILS = Path(__file__).parent / "mails"
WRITTEN = {path.stem: path for path in sorted(MAILS.glob("*.eml"))}
HASH = "44d88612fea8a8f36de82e1278abb02f"


def read(
    tmp_path: Path, data: bytes, name: str = "a.eml", **options: object
) -> list[Document | Failure]:
    path = tmp_path / name
    path.write_bytes(data)
    return list(documents_of(Input(name, str(path)), ReadOptions(**options)))


def one(tmp_path: Path, data: bytes, name: str = "a.eml") -> Document:
    (document,) = read(tmp_path, data, name)
    assert isinstance(document, Document), document
    return document


def place_of(document: Document, word: str) -> dict[str, object]:
    start = document.text.index(word)
    (place,) = document.source_map.places(start, start + len(word))
    return dict(place)


# What real programs wrote: mutt 2.2, s-nail 14.9, swaks 20201014, OpenSSL 3.0.


def parts_of(message: EmailMessage, number: str = "") -> Iterator[tuple[str, EmailMessage]]:
    """Yield the leaves as the standard library has them, numbered."""
    if message.get_content_maintype() != "multipart":
        yield number or "1", message
        return
    for index, part in enumerate(message.iter_parts(), 1):
        yield from parts_of(part, f"{number}.{index}" if number else str(index))


@pytest.mark.parametrize("name", WRITTEN)
def test_every_word_leads_back_to_the_header_or_the_part_that_says_it(name, tmp_path):
    data = WRITTEN[name].read_bytes()
    message = email.message_from_bytes(data)
    parts = dict(parts_of(email.message_from_bytes(data, policy=email.policy.default)))
    document = read(tmp_path, data)[0]
    words = 0
    for word in re.finditer(r"\S+", document.text):
        for place in document.source_map.places(*word.span()):
            words += 1
            if "parameter" in place:
                source = parts[place["part"]].get_filename()
            elif "header" in place:
                folded = message.get_all(place["header"])[place["index"] - 1]
                unfolded = re.sub(r"\r?\n(?=[ \t])", "", folded)
                source = str(make_header(decode_header(unfolded)))
            else:
                source = parts[place["part"]].get_payload(decode=True).decode("utf-8")
            said = source[place["start"] : place["end"]].replace("&amp;", "&")
            assert said == word[0]
    assert words > 20 or "openssl" in name


def test_mutt(tmp_path):
    message, table = read(tmp_path, WRITTEN["mutt"].read_bytes(), "mutt.eml")
    assert "From: Müller, Jörg <joerg@bank.example>\n" in message.text
    assert "4711 – bitte prüfen, sehr dringend und wichtig heute\n" in message.text
    assert place_of(message, "4711") == {"header": "Subject", "index": 1, "start": 24, "end": 28}
    assert place_of(message, HASH)["part"] == "1"
    assert message.warnings == ("pictures were not read: logo.png",)
    assert (table.id, "198.51.100.7" in table.text) == ("mutt.eml/iocs.csv", True)


def test_s_nail(tmp_path):
    message, inner, table = read(tmp_path, WRITTEN["s-nail"].read_bytes(), "s.eml")
    assert "hxxps://files.evil[.]example/a.zip" in message.text  # broken by quoted-printable
    assert message.warnings == ("From shows paypal.com and is an address of evil.example",)
    assert (inner.id, table.id) == ("s.eml/mutt.eml", "s.eml/mutt.eml/iocs.csv")


def test_swaks(tmp_path):
    message, _ = read(tmp_path, WRITTEN["swaks"].read_bytes())
    assert message.text.count(HASH) == 1
    assert place_of(message, HASH)["part"] == "1.1"
    assert place_of(message, "hidden.evil.example") == {
        "part": "1.2",
        "alternative": True,
        "element": "/html/body/p[4]",
        "start": 277,
        "end": 296,
        "hidden": True,
    }
    assert message.warnings[0] == (
        "part 1.2: a link shows www.paypal.com and goes to login.evil.example (/html/body/p[3]/a[1])"
    )


def test_a_page_that_chromium_saved(tmp_path):
    document = one(tmp_path, (MAILS / "chromium.mhtml").read_bytes(), "a.mhtml")
    assert place_of(document, "-login")["element"] == "/html/body/p[1]"
    for hidden in ("junk", "198.51.100.99", "away.evil.example"):  # by the style sheet beside it
        assert place_of(document, hidden)["hidden"] is True
    assert document.warnings[0].startswith(
        "part 1: a link shows www.paypal.com and goes to collect"
    )
    assert document.warnings[-1] == "parts that were not read: text/css (1)"


@pytest.mark.parametrize(
    ("name", "warning"),
    [
        ("openssl-encrypted", "part 1 is encrypted (S/MIME): decrypt it first"),
        ("openssl-opaque", "part 1 is signed in one piece (S/MIME)"),
        ("openssl-signed", "the message is signed; the signature (part 2) was not checked"),
    ],
)
def test_what_is_encrypted_or_signed_is_named(name, warning, tmp_path):
    document = one(tmp_path, WRITTEN[name].read_bytes())
    assert document.warnings[0].startswith(warning)
    assert (HASH in document.text) == (name == "openssl-signed")


# Headers.


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("plain", "plain"),
        ("two\r\n lines", "two lines"),
        ("=?utf-8?q?a=C3=A9?= =?utf-8?b?w6k=?= b", "aéé b"),
        ("=?utf-8?B?w6kg?=\r\n =?utf-8?Q?=C3?= =?utf-8?Q?=A9?=", "é é"),
        ("=?koi8-r?B?0A==?=", "п"),
        ("=?nonsense?q?a=E9?=", "aé"),
        ("=?utf-8?q?a b?=", "a b"),
        ("=?utf-8?b?w6?=", "Ã"),
        ("=?utf-8?b?w?=", "=?utf-8?b?w?="),
        ("=?utf-8?x?w6?=", "=?utf-8?x?w6?="),
        ("=?utf-8?q?open", "=?utf-8?q?open"),
        ("a\udce9b", "aéb"),
        ("a\udcc3\udca9b", "aéb"),
    ],
)
def test_values_of_headers(raw, value):
    assert decoded(raw) == value


def test_the_chain_of_received_stays_in_its_order(tmp_path):
    data = (
        b"Return-Path: <x@evil.example>\r\n"
        b"Received: from b.example (b.example [192.0.2.2])\r\n\tby c.example; Tue, 1 Dec 2026 13:48:07 +0000\r\n"
        b"received: from a.example ([192.0.2.1]) by b.example\r\n"
        b"From: a@a.example\r\nMessage-ID: <1@a.example>\r\n\r\nx\r\n"
    )
    document = one(tmp_path, data)
    assert place_of(document, "192.0.2.2")["index"] == 1
    assert place_of(document, "192.0.2.1") == {
        "header": "received", "index": 2, "start": 17, "end": 26,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("header", "warns"),
    [
        ('From: "service@bank.com" <x@evil.com>', True),
        ("From: bank.com <x@evil.com>", True),
        ("Reply-To: www.bank.com <x@evil.com>", True),
        ('From: "service@mail.bank.com" <x@bank.com>', False),
        ("From: Jane Doe <x@evil.com>", False),
        ("To: bank.com <x@evil.com>", False),
        ("From: ((((((((", False),
    ],
)
def test_a_sender_that_shows_another_host(header, warns, tmp_path):
    document = one(tmp_path, f"{header}\nMessage-ID: <a@b>\nFrom: a@b\nTo: x\n\nbody\n".encode())
    assert bool(document.warnings) is warns


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (b"From: a\nTo: b\nno field\nbody evil.example\n", "no field\nbody evil.example"),
        (b"From: a\nTo: b\nSubject: evil.example", "evil.example"),
        (b"From: a\nTo: b\nContent-Type: multipart/mixed\n\nevil.example\n", "evil.example"),
        (b"From: a\nTo: b\nContent-Type: multipart/mixed; boundary=x\n\nevil.example\n", "evil.example"),
        (b"From: a\nTo: b\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nevil.example", "evil.example"),
        (b"From: a\nTo: b\nContent-Type: ???\n\nevil.example\n", "evil.example"),
        (b"From: a\nTo: b\nContent-Type: text/plain; charset*=?'?\n\nevil.example\n", "evil.example"),
        (b"From: a\nTo: b\nContent-Type: text/plain; charset=zip\n\nevil.example\n", "evil.example"),
        (b"From: a\nTo: b\nContent-Transfer-Encoding: base64\n\n!evil.example!\n", ""),
        (b"From: a\nTo: b\nContent-Transfer-Encoding: base64\n\nZXZpbC5leGFtcGxl=\n", "evil.example"),
        (b"From: a\nTo: b\nContent-Transfer-Encoding: base64\n\nZXZpbC5leGFtcGx\n", "evil.exampl"),
        (b"From: a\nTo: b\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 x\nevil", "begin"),
        (b"From: a\nTo: b\n\nna\xefve evil.example\n", "naïve evil.example"),
        (b"From: a\nTo: b\nContent-Type: text/html\n\n<p>ev<b>il</b>.example", "evil.example"),
    ],
)  # fmt: skip
def test_a_broken_message_keeps_its_text(data, kept, tmp_path):
    assert kept in one(tmp_path, data).text


# Parts.


def mixed(*attachments: tuple[str, bytes]) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "a@a.example", "b@b.example"
    message["Message-ID"], message["Date"] = "<1@a.example>", "Tue, 1 Dec 2026 13:48:07 +0000"
    message.set_content("body.example")
    for name, data in attachments:
        message.add_attachment(data, "application", "octet-stream", filename=name)
    return message


def test_of_the_alternative_only_what_the_plain_text_does_not_say(tmp_path):
    message = mixed()
    message.set_content("The host 192.0.2.1\nis down. See <http://a.example/x>.\n")
    message.add_alternative(
        "<p>The host <b>192.0.2.1</b> is down. See <a href='http://a.example/x'>this</a>.</p><p>More: new.example</p>",
        subtype="html",
    )
    text = one(tmp_path, message.as_bytes()).text.partition("\n\n")[2]
    assert text.count("new.example") == 1
    assert text.count("http://a.example/x") == 1


def test_html_alone_is_read_whole(tmp_path):
    message = mixed()
    message.set_content("<p>The host 192.0.2.1</p>", subtype="html")
    document = one(tmp_path, message.as_bytes())
    assert place_of(document, "192.0.2.1") == {
        "part": "1", "element": "/html/body/p[1]", "start": 12, "end": 21,
    }  # fmt: skip


def test_attachments_are_read_by_their_content(tmp_path):
    message = mixed(
        ("a/../page.bin", b"<html><body><p>ev<b>il</b>.example</p></body></html>"),
        ("page.bin", b"second.example"),
        ("", b"third.example"),
        ("program.exe", b"\x7fELF" + bytes(50)),
    )
    found = read(tmp_path, message.as_bytes())
    assert [each.id for each in found[:-1]] == [
        "a.eml", "a.eml/page.bin", "a.eml/part-3-page.bin", "a.eml/part-4",
    ]  # fmt: skip
    assert "evil.example" in found[1].text
    assert isinstance(found[-1], Failure)
    assert found[-1].error == "BinaryError"


def test_a_text_that_is_attached_is_read_in_the_character_set_of_its_part(tmp_path):
    message = mixed()
    message.add_attachment("имя: evil.example", charset="koi8-r", filename="a.txt")
    assert read(tmp_path, message.as_bytes())[1].text.strip() == "имя: evil.example"


def test_a_picture_that_is_none_is_read(tmp_path):
    message = mixed()
    message.add_attachment(b"hidden.example", "image", "png", filename="logo.png")
    assert [each.id for each in read(tmp_path, message.as_bytes())] == ["a.eml", "a.eml/logo.png"]


def test_messages_within_messages_up_to_the_limit(tmp_path):
    message = mixed()
    for _ in range(6):
        outer = mixed()
        outer.add_attachment(message)
        message = outer
    found = read(tmp_path, message.as_bytes(), limits=Limits(depth=3))
    assert [type(each) for each in found] == [Document] * 4 + [Failure]
    assert "4 containers deep, the limit is 3" in found[-1].message


def test_more_attachments_than_the_limit_are_counted(tmp_path):
    message = mixed(*((f"{number}.txt", b"x") for number in range(30)))
    found = read(tmp_path, message.as_bytes(), limits=Limits(parts=10))
    assert sum(isinstance(each, Document) for each in found) == 11
    assert [each.message for each in found if isinstance(each, Failure)] == [
        "the input holds more than 10 parts, the limit; unpack it first",
    ]
    assert "past the limit of parts" in found[0].warnings[0]


def bomb(name: str) -> bytes:
    """Return a message that costs too much where a step costs more the longer or deeper it is."""
    count = 3_000
    head = b"From: a@a.example\r\nMessage-ID: <1@a>\r\nTo: b\r\n"
    mixed_type = b"Content-Type: multipart/mixed; boundary=%s\r\n\r\n"
    nested = b"".join(b"--%d\r\n" % i + mixed_type % str(i + 1).encode() for i in range(count))
    return {
        "deep": head + mixed_type % b"0" + nested + b"evil.example",
        "same boundary": head + mixed_type % b"b" + (b"--b\r\n" + mixed_type % b"b") * count,
        "many parts": head + mixed_type % b"b" + b"--b\r\n\r\nx\r\n" * count,
        "attachments": head + mixed_type % b"b" + b"--b\r\nContent-Type: a/b\r\n\r\nx\r\n" * count,
        "fields": head + b"X: evil.example\r\n" * count + b"\r\nbody",
        "one field": head + b"X: a" + b"\r\n a" * count * 20 + b"\r\n\r\nbody",
        "long field": head + b"X: " + b"a" * count * 200 + b"\r\n\r\nbody",
        "words": head + b"X: " + b"=?a?q?" * count * 10 + b"\r\n\r\nbody",
        "comments": head + b"Reply-To: " + b"(" * count * 20 + b"\r\n\r\nbody",
        "parameters": head + b"Content-Type: a/b" + b'; x="' * count * 20 + b"\r\n\r\nbody",
        "no end": b"From: a\r\nTo: b\r\nMessage-ID: c\r\n" + b"\r" * count * 20,
        "base64": head + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=" * count * 40,
        "quoted": head + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=\r\n" * count * 10,
    }[name]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "deep", "same boundary", "many parts", "attachments", "fields", "one field", "long field",
        "words", "comments", "parameters", "no end", "base64", "quoted",
    ],
)  # fmt: skip
def test_hostile_messages_are_read_to_their_end(name, tmp_path):
    found = read(tmp_path, bomb(name), limits=Limits(parts=1_000))
    assert isinstance(found[0], Document)
    assert "From: a" in found[0].text
    assert len(found[0].warnings) <= 60
    assert len(found) <= 1_003


@given(st.sampled_from(sorted(WRITTEN)), st.randoms(use_true_random=False), st.integers(1, 30))
@settings(max_examples=40, deadline=None)
def test_a_damaged_message_is_still_a_document(name, rng: random.Random, changes):
    data = bytearray(WRITTEN[name].read_bytes())
    for _ in range(changes):
        place = rng.randrange(len(data))
        if rng.random() < 0.5:
            data[place] = rng.randrange(256)
        else:
            del data[place : place + rng.randrange(40)]
    from decloak.readers.base import Budget, Context

    def nested(name: str, data: bytes, _context: Context) -> Iterator[Document]:
        yield Document(name, data.decode("latin-1"))

    options = ReadOptions()
    context = Context("a.eml", options, Budget.of(options.limits), nested)
    document = next(iter(EML.read(bytes(data), context)))
    places = document.source_map.places(0, len(document.text))
    assert places
    again = pickle.loads(pickle.dumps(document.source_map))
    assert again.places(0, len(document.text)) == places


# What is a message, and what only has lines like one.


@pytest.mark.parametrize(
    ("head", "name", "is_mail"),
    [
        (b"Received: from a by b\r\nFrom: a@b\r\nSubject: x\r\n\r\nbody", "a", True),
        (b"From: a@b\nMessage-ID: <x@y>\nDate: today\n\nbody", "a.txt", True),
        (b"\xef\xbb\xbfFrom: a@b\nMIME-Version: 1.0\nTo: b\n\nbody", "a", True),
        (b"Subject: x\nTo: b\n\nbody", "a.eml", True),
        (b"1234\nFrom: a\nTo: b\n\nbody", "a.emlx", True),
        (b"Subject: x\nTo: b\n\nbody", "a.txt", False),
        (b"From: a@b\nTo: b\nSubject: x\n\nPasted by an analyst", "a.txt", False),
        (b"Domain Name: EVIL.EXAMPLE\nRegistrar: x\nUpdated Date: y\n\n", "a", False),
        (b"HTTP/1.1 200 OK\r\nDate: x\r\nContent-Type: y\r\n\r\n", "a", False),
        (b"Date: x\r\nContent-Type: y\r\nServer: z\r\n\r\n", "a", False),
        (b"From: the report of today\nReceived: nothing else than prose", "a", False),
        (b"From: a@b\nMessage-ID: <x@y>\nthis is no field\n\nbody", "a", False),
        (b"<html><body>From: a@b", "a.eml", False),
        (b"", "a.eml", False),
    ],
)
def test_what_is_a_message(head, name, is_mail):
    assert EML.knows(head, name) is is_mail
    assert not HTML.knows(head, "a") or head.startswith(b"<")


# Mailboxes.


def test_a_mailbox_gives_every_message_its_number(tmp_path):
    box = mailbox.mbox(tmp_path / "box")
    for number in range(3):
        message = mixed((f"{number}.csv", b"ip\n192.0.2.%d\n" % number))
        message["Subject"] = f"number {number}"
        message.set_payload([message.get_payload(0), message.get_payload(1)])
        message.get_payload(0).set_content("From here on: evil.example\n\nFrom: nobody\n")
        box.add(mailbox.mboxMessage(message))
    box.close()
    found = list(documents_of(Input("box", str(tmp_path / "box"))))
    assert [each.id for each in found] == [
        "box/1", "box/1/0.csv", "box/2", "box/2/1.csv", "box/3", "box/3/2.csv",
    ]  # fmt: skip
    assert "\nFrom here on: evil.example\n" in found[0].text
    assert place_of(found[2], "number 1")["header"] == "Subject"


def test_a_mailbox_may_hold_more_messages_than_a_message_may_parts(tmp_path):
    one_message = b"From a@b Tue Dec  1 13:48:07 2026\nFrom: a@b\nTo: b\n\nevil.example\n\n"
    found = read(tmp_path, one_message * 50, "box", limits=Limits(parts=3))
    assert len(found) == 50
    assert all(isinstance(each, Document) for each in found)


@pytest.mark.parametrize(
    ("head", "is_box"),
    [
        (b"From a@b Tue Dec  1 13:48:07 2026\nReceived: x\n", True),
        (b"From - Tue Dec  1 13:48:07 2026\r\nX-Mozilla-Status: 0001\r\n", True),
        (b"From 13:48 on the group was seen.\nIt used evil.example\n", False),
        (b"From here on\nSubject: x\n", False),
    ],
)
def test_what_is_a_mailbox(head, is_box):
    assert MBOX.knows(head, "a") is is_box


# Outlook. Written by aspose-email-foss, a library for Outlook's messages.


def outlook() -> msg.MapiMessage:
    message = msg.MapiMessage.create("Rechnung № 4711", "Visit 192.0.2.44\r\nnow")
    message.set_property(msg.PropertyId.SENDER_NAME, "support@paypal.com")
    message.set_property(msg.PropertyId.SENDER_EMAIL_ADDRESS, "x@evil.example")
    message.add_recipient("alice@soc.example", display_name="Alice")
    message.add_recipient("bob@soc.example")
    message.add_recipient("carol@soc.example", recipient_type=2)
    message.add_attachment("iocs.csv", b"ip,port\n198.51.100.7,443\n", mime_type="text/csv")
    return message


def test_an_outlook_message(tmp_path):
    inner = msg.MapiMessage.create("inner", "c2.evil.example")
    message = outlook()
    message.body_html = (
        "<p>Visit <b>192.0.2</b>.44 now</p><a href='https://evil.example/'>www.bank.com</a>"
    )
    message.add_embedded_message_attachment(inner, filename="fwd.msg")
    message.save(str(tmp_path / "b.msg"))
    first, table, forwarded = documents_of(Input("b.msg", str(tmp_path / "b.msg")))
    assert first.text.startswith(
        'From: "support@paypal.com" <x@evil.example>\nTo: "Alice" <alice@soc.example>\n'
    )
    assert place_of(first, "bob@soc.example")["index"] == 2
    assert place_of(first, "carol@soc.example")["header"] == "Cc"
    assert place_of(first, "4711") == {"header": "Subject", "index": 1, "start": 11, "end": 15}
    assert place_of(first, "192.0.2.44") == {"part": "body", "start": 6, "end": 16}
    assert first.text.count("192.0.2.44") == 1
    assert place_of(first, "https://evil.example/")["part"] == "html"
    assert first.warnings == (
        "From shows paypal.com and is an address of evil.example",
        "part html: a link shows www.bank.com and goes to evil.example (/html/body/a[1])",
    )
    assert (table.id, "198.51.100.7" in table.text) == ("b.msg/iocs.csv", True)
    assert (forwarded.id, "c2.evil.example" in forwarded.text) == ("b.msg/fwd.msg", True)


def test_an_outlook_message_keeps_the_header_it_was_sent_with(tmp_path):
    message = email.message_from_bytes(WRITTEN["mutt"].read_bytes(), policy=email.policy.default)
    written = msg.MapiMessage.from_email_message(message)
    written.set_property(
        msg.PropertyId.TRANSPORT_MESSAGE_HEADERS,
        "Received: from b.example\r\n by c.example\r\nReceived: from evil.example\r\nFrom: a@evil.example\r\n",
    )
    written.save(str(tmp_path / "b.msg"))
    first = next(iter(documents_of(Input("b.msg", str(tmp_path / "b.msg")))))
    assert place_of(first, "from evil.example")["index"] == 2
    assert HASH in first.text
    assert "\nSubject: Rückfrage" in first.text


def test_outlook_messages_within_each_other_up_to_the_limit(tmp_path):
    message = msg.MapiMessage.create("0", "evil.example")
    for number in range(1, 5):
        outer = msg.MapiMessage.create(str(number), "x")
        outer.add_embedded_message_attachment(message, filename=f"{number}.msg")
        message = outer
    message.save(str(tmp_path / "b.msg"))
    item = Input("b.msg", str(tmp_path / "b.msg"))
    found = list(documents_of(item, ReadOptions(limits=Limits(depth=2))))
    assert [type(each) for each in found] == [Document, Document, Document, Failure]
    assert found[-1].id == "b.msg/4.msg/3.msg/2.msg"


def test_damaged_outlook_messages_are_named_so(tmp_path):
    outlook().save(str(tmp_path / "b.msg"))
    whole = (tmp_path / "b.msg").read_bytes()
    assert MSG.knows(whole[:65_536], "b")
    rng = random.Random(7)
    for _ in range(60):
        data = bytearray(whole[: rng.randrange(600, len(whole) + 1)])
        for _ in range(rng.randrange(12)):
            data[rng.randrange(8, len(data))] = rng.randrange(256)
        for each in read(tmp_path, bytes(data), "b.msg"):
            assert isinstance(each, Document) or each.error in {"InputError", "BinaryError"}, each


def test_an_outlook_file_whose_streams_share_their_bytes_is_refused(tmp_path):
    outlook().save(str(tmp_path / "b.msg"))
    data = (tmp_path / "b.msg").read_bytes()
    name = "__substg1.0_1000001F".encode("utf-16-le")
    entry = data.index(name)
    data = data[: entry + 120] + (1 << 30).to_bytes(4, "little") + data[entry + 124 :]
    (failure,) = read(tmp_path, data, "b.msg")
    assert isinstance(failure, Failure)
    assert "damaged" in failure.message
