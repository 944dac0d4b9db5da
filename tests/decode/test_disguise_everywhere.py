"""Reversible disguise and look-alikes inside paths, mailboxes, fields and behind keys, not only in hosts."""

import pytest

import decloak

CARRIERS = (
    "{}", "see {} today", "SRC={} PROTO=TCP", '{{"ioc": "{}"}}', "Registrar URL: {}\nRegistrar IANA ID: 1\n",
    "|_http-title: Did not follow redirect to {}\n", "file\t{}\t9 KB",
)  # fmt: skip
VALUES = (
    ("http://www.orbit.info:%38443/%77%70-cont%65nt/x.%6As", "URL", "http://www.orbit.info:8443/wp-content/x.js"),
    ("https://192.0.2.7/%61/%7euser?q=%2Fkept%20", "URL", "https://192.0.2.7/a/~user?q=%2Fkept%20"),
    ("far%69d%2Bmicr%6F@%75rban.example.br", "EMAIL", "farid+micro@urban.example.br"),
    ("login[:dot:]example[:dot:]org", "DOMAIN", "login.example.org"),
    ("ada[:at:]mail[:dot:]example[:dot:]org", "EMAIL", "ada@mail.example.org"),
    ("198[:dot:]51[:dot:]100[:dot:]7", "IP_ADDRESS", "198.51.100.7"),
    ("2001:db8:e430:a006:e5ca:(:)a5f3", "IP_ADDRESS", "2001:db8:e430:a006:e5ca::a5f3"),
    ("f**arid.tari**q@river.example.org", "EMAIL", "farid.tariq@river.example.org"),
    ("20f854&#48;13c7f87f1de499252cbe64e1a9f1e151d15b358ea32c244385977ae58", "HASH",
     "20f854013c7f87f1de499252cbe64e1a9f1e151d15b358ea32c244385977ae58"),
)  # fmt: skip
LOOKALIKES = (
    (
        "https://192.0.2.7/i\u03b7dex.php?o\u03c1\u03c4io\u03b7=1",
        "URL",
        "https://192.0.2.7/index.php?option=1",
    ),
    (
        "ht\u0302tps://192.0.2.7/u\u1e97d/in\u0308dex\u0331.php",
        "URL",
        "https://192.0.2.7/utd/index.php",
    ),
    ("f\u0430rid.t\u0430r\u0456q@river.example.org", "EMAIL", "farid.tariq@river.example.org"),
    ("mail.h\u03b1rb\u03bfr.z\u03b1", "DOMAIN", "mail.harbor.za"),
    ("www.plu\u0308g.d\u0303e", "DOMAIN", "www.plug.de"),
)


def found(text):
    return [
        (each.label, each.value, each.resembles)
        for each in decloak.extract(text, tagger="off").entities
    ]


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize(("written", "label", "value"), VALUES)
def test_a_reversible_disguise_is_undone(carrier, written, label, value):
    assert (label, value) in [each[:2] for each in found(carrier.format(written))]


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize(("written", "label", "plain"), LOOKALIKES)
def test_a_look_alike_says_what_it_resembles(carrier, written, label, plain):
    assert (label, plain) in [(each[0], each[2]) for each in found(carrier.format(written))]


@pytest.mark.parametrize(
    "text",
    ["https://fr.example.org/wiki/Caf\u00e9_cr\u00e8me", "https://ru.example.org/wiki/\u041c\u043e\u0441\u043a\u0432\u0430",
     "https://de.example.org/Stra\u00dfe/\u00dcber", "C'est fini.\u00e7a va"],
)  # fmt: skip
def test_honest_letters_resemble_nothing(text):
    assert all(resembles is None for _, _, resembles in found(text))


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize(
    ("written", "label", "value"),
    [("2a03:288O:b9bf:a6ff::e6al", "IP_ADDRESS", "2a03:2880:b9bf:a6ff::e6a1"),
     ("CV3-Z012-Z26B", "CVE", "CVE-2012-2268"),
     ("0f50dbc711S05ZaZ455S59ba2f94f3a8Oa7967cce6fSZZofS3o0f7ccZac2cf46", "HASH",
      "0f50dbc7115052a2455559ba2f94f3a80a7967cce6f5220f5300f7cc2ac2cf46")],
)  # fmt: skip
def test_letters_for_digits_are_read(carrier, written, label, value):
    assert (label, value) in [each[:2] for each in found(carrier.format(written))]


@pytest.mark.parametrize(
    "text",
    ["SF::09:03\\x20", "class So::l1::S2 {", "at 1l:2O:3S", "std::vector<Io::l>", "dead:beef:So:l"],
)
def test_colons_of_times_and_programs_make_no_address(text):
    assert not [each for each in found(text) if each[0] == "IP_ADDRESS"]


@pytest.mark.parametrize(
    ("written", "label", "plain"),
    [("http://www.or81t.1nfo:8443/wp-c0nten7/plug1n5/upd/x.js", "URL", "http://www.orbit.info:8443/wp-content/plugins/upd/x.js"),
     ("f4r1d+micro@urb4n.8r", "EMAIL", "farid+micro@urban.br"),
     ("cdn.s3cur3rapid.4c.uk", "DOMAIN", "cdn.securerapid.ac.uk")],
)  # fmt: skip
def test_leet_in_paths_mailboxes_and_suffixes_resembles(written, label, plain):
    assert (label, plain) in [(each[0], each[2]) for each in found(f"Contact: {written} now")]


@pytest.mark.parametrize(
    "text",
    ["https://example.org/v2/api3/user5/x86_64/h264.mp4?id=4a5f&t1=9", "https://example.org/a1b2c3d4/f4c3/deadbeef",
     "mike5@web01.example.org", "https://s3.example.org/2024/mp3/l10n/i18n", "ns1.web2.example.co.uk"],
)  # fmt: skip
def test_honest_digits_resemble_nothing(text):
    assert all(resembles is None for _, _, resembles in found(text))
