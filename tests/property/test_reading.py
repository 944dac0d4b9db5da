"""What is read says exactly which bytes it came from, whatever the bytes are."""

from __future__ import annotations

import codecs

from hypothesis import given
from hypothesis import strategies as st

from decloak.core.document import Document
from decloak.export.offsets import converter
from decloak.readers.encoding import decode_bytes

MARKS = {
    b"": "utf-8",
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
}
hostile = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=80).map(lambda text: text.encode("utf-8", "replace")),
    st.lists(
        st.sampled_from(
            [b"a", b"\xc3\xa9", b"\xe2\x82", b"\xf0\x9f\x98\x80", b"\xff", b"\xed\xa0\x80", b"\0"]
        )
    ).map(b"".join),
)


@given(mark=st.sampled_from(list(MARKS)), data=hostile)
def test_reading_equals_replace_of_the_standard_library(mark, data):
    read = decode_bytes(mark + data)
    assert read.text == (mark + data)[read.bom :].decode(read.encoding, "replace")
    assert all(read.text[position] == "\ufffd" for position, _ in read.broken)


@given(mark=st.sampled_from([b"", codecs.BOM_UTF8]), data=hostile, repeat=st.integers(1, 40))
def test_byte_offsets_cut_the_file_where_the_text_is_cut(mark, data, repeat):
    """The twin: decode every prefix of the file and see how far the text has come."""
    whole = mark + data * repeat
    read = decode_bytes(whole)
    document = Document("x", read.text, broken=read.broken, bom=read.bom, encoding=read.encoding)
    convert = converter(document, "bytes") or int
    body = whole[read.bom :] if read.encoding == "utf-8" else b""
    if read.encoding == "utf-8":
        expected = [read.bom]
        broken = dict(read.broken)
        for position, char in enumerate(read.text):
            expected.append(expected[-1] + broken.get(position, len(char.encode())))
        assert [convert(offset) for offset in range(len(read.text) + 1)] == expected
        assert expected[-1] == len(whole)
        for offset in range(0, len(read.text), 7):
            cut = expected[offset] - read.bom
            assert body[:cut].decode("utf-8", "replace") == read.text[:offset]


@given(mark=st.sampled_from(list(MARKS)[2:]), data=hostile)
def test_byte_offsets_of_wide_files_end_where_the_file_ends(mark, data):
    whole = mark + data
    read = decode_bytes(whole)
    document = Document("x", read.text, broken=read.broken, bom=read.bom, encoding=read.encoding)
    convert = converter(document, "bytes") or int
    assert convert(0) == read.bom
    assert convert(len(read.text)) == len(whole)


@given(text=st.text(alphabet=st.characters(), max_size=700))
def test_utf16_offsets_are_those_of_the_encoded_prefix(text):
    convert = converter(Document("x", text), "utf16") or int
    for offset in {0, len(text), *range(0, len(text), 5)}:
        assert convert(offset) == len(text[:offset].encode("utf-16-le", "surrogatepass")) // 2
