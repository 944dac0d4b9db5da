from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from decloak.kb.lexicon import entries
from decloak.tag.features import FEATURES, featurise
from decloak.tag.tokens import Encoder
from decloak.tag.words import LONGEST, split

HOSTILE = st.text(
    st.one_of(st.characters(), st.sampled_from(" \n\t\r._-/:\u200b\u202e\u0301\ufe0f\U000e0041"))
)


def words_of(text: str) -> list[str]:
    words = split(text)
    return [text[start:end] for start, end in zip(words.starts, words.ends, strict=True)]


def bits_of(text: str) -> list[set[str]]:
    bits = featurise(text, split(text))
    return [{name for rank, name in enumerate(FEATURES) if each >> rank & 1} for each in bits]


def encoder(**options: int) -> Encoder:
    vocabulary = {"[UNK]": 0, "[SEP]": 1, "open": 2, "##ssh": 3, "##s": 4, "/": 5, "8": 6}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return Encoder(tokenizer, line_end=1, unknown=0, **options)


@given(HOSTILE)
def test_words_cover_all_but_white_space_in_order(text: str) -> None:
    words = split(text)
    covered = [False] * len(text)
    last = 0
    for start, end in zip(words.starts, words.ends, strict=True):
        assert last <= start < end
        assert end - start <= LONGEST
        covered[start:end] = [True] * (end - start)
        last = end
    assert all(
        done == (char == "\n" or not char.isspace())
        for done, char in zip(covered, text, strict=True)
    )


@given(HOSTILE, st.integers(0, 30), st.integers(0, 30))
def test_a_window_has_the_words_inside_it(text: str, low: int, length: int) -> None:
    words = split(text, low, low + length)
    assert all(start >= low for start in words.starts)
    assert all(end <= low + length for end in words.ends)


def test_words_keep_invisible_characters_inside() -> None:
    assert words_of("exa\u200bmple.te\u0301st_1") == ["exa\u200bmple", ".", "te\u0301st", "_", "1"]


@given(HOSTILE)
def test_every_word_has_features_and_a_piece(text: str) -> None:
    words = split(text)
    assert len(featurise(text, words)) == len(words)
    pieces = encoder().encode(text, words)
    assert len(pieces.offsets) == len(words) + 1
    assert all(a < b for a, b in zip(pieces.offsets, pieces.offsets[1:], strict=False))
    assert pieces.offsets[-1] == len(pieces.ids)


def test_features_tell_shape_and_place() -> None:
    first, gap, sign, second = bits_of("OpenSSH   22/deadbeef")
    assert {"mixed", "line_start", "begins_software"} <= first
    assert {"digits", "after_space", "after_gap"} <= gap
    assert sign == {"sign", "single"}
    assert {"hexadecimal", "lower"} <= second


def test_features_mark_names_of_several_words() -> None:
    name = next(e.name for e in entries("ORGANIZATION") if len(e.name.split()) == 3)
    marked = bits_of(f"by {name}, today")
    assert "begins_organization" in marked[1]
    assert all("continues_organization" in each for each in marked[2:4])
    assert not {"begins_organization", "continues_organization"} & marked[0]


def test_pieces_are_those_of_the_tokenizer_and_bounded() -> None:
    text = "openssh/8\nopensssss \u200b"
    pieces = encoder(word_pieces=3).encode(text, split(text))
    rows = [list(pieces.ids[a:b]) for a, b in zip(pieces.offsets, pieces.offsets[1:], strict=False)]
    assert rows == [[2, 3], [5], [6], [1], [2, 4, 4], [0]]
