"""Lines, columns, tables and hyphens of PDFs."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from pdf_writer import text_at, write_pdf

from decloak.readers.pdf.glyphs import Glyphs
from decloak.readers.pdf.lines import lines_of

LEFT = [
    "The operators rented servers from four",
    "hosting companies and moved between",
    "them every week, which made it hard to",
    "follow them for those who tried to do",
    "so. Their loader was called Quietloader.",
    "It was seen in three countries at once.",
]
RIGHT = [
    "Victims were asked to open a file that",
    "arrived by mail from a known address in",
    "their own company. The file then went to",
    "the controller at 192.0.2.17 and fetched",
    "a second stage, which it ran in memory",
    "without leaving a trace on any disk.",
]
BOTH = " ".join(LEFT) + "{}" + " ".join(RIGHT)


def columns() -> list[tuple[float, float, str]]:
    return [
        (x, 700 - 15 * row, line)
        for x, lines in ((50, LEFT), (320, RIGHT))
        for row, line in enumerate(lines)
    ]


def text_of(read, *drawn: tuple[float, float, str]) -> str:
    (document,) = read(write_pdf("".join(text_at(*line) for line in drawn)))
    return document.text


def test_columns_that_are_drawn_across_are_read_down(read):
    by_row = sorted(columns(), key=lambda line: (-line[1], line[0]))
    text = text_of(read, *by_row)
    assert " ".join(LEFT) in text
    assert " ".join(RIGHT) in text
    assert text.index("Quietloader") < text.index("Victims")


def test_columns_that_are_drawn_one_after_the_other_stay_so(read):
    assert text_of(read, *columns()).split() == BOTH.format(" ").split()


def test_lines_that_are_drawn_from_the_bottom_are_read_from_the_top(read):
    upward = [
        (50.0, 100.0 + 15 * row, f"line {row} of a page whose program wrote it upside down")
        for row in range(20)
    ]
    found = text_of(read, *upward)
    assert [int(number) for number in found.split() if number.isdigit()] == list(
        reversed(range(20))
    )


def test_a_row_of_a_table_is_one_line(read):
    rows = [("host", "port", "state"), ("192.0.2.1", "443", "open"), ("192.0.2.2", "80", "closed")]
    drawn = [
        (50 + 120 * column, 700 - 20 * row, cell)
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
    ]
    assert text_of(read, *drawn) == "".join("\t".join(cells) + "\n" for cells in rows)


def test_cells_that_a_line_parts_are_cells_however_near(read):
    drawn = (
        text_at(50, 700, "192.0.2.17")
        + text_at(112, 700, "443")
        + text_at(138, 700, "open")
        + text_at(168, 700, "twice")
    )
    lines = (
        "".join(f"{x} 690 m {x} 716 l S " for x in (45, 109))
        + "135 690 0.7 26 re f 165 690 40 26 re S "
    )
    (document,) = read(write_pdf(lines + drawn))
    assert document.text == "192.0.2.17\t443\topen\ttwice\n"


def test_a_cell_that_almost_touches_the_next_begins_as_those_above_and_below(read):
    rows = [("ip", "192.0.2.1"), ("domain", "c2.example"), ("ip", "192.0.2.2")]
    drawn = [
        (x, 700 - 15 * row, cell)
        for row, cells in enumerate(rows)
        for x, cell in zip((50, 93), cells, strict=True)
    ]
    assert text_of(read, *drawn) == "".join("\t".join(cells) + "\n" for cells in rows)


def test_cells_of_several_lines_stand_in_their_row(read):
    drawn = [
        (50, 700, "c2.example"),
        (150, 707, "2026-"),
        (150, 693, "01-03"),
        (250, 700, "the loader"),
    ]
    assert (
        text_of(read, *drawn, (50, 660, "b.example"))
        == "c2.example\t2026-01-03\tthe loader\nb.example\n"
    )


def test_lists_keep_their_lines(read):
    names = ["evil.example", "bad.evil.example", "192.0.2.4", "198.51.100.99"]
    drawn = [(50, 700 - 14 * row, name) for row, name in enumerate(names)]
    assert text_of(read, *drawn).split("\n")[:-1] == names


def test_entries_of_a_table_of_contents_are_lines(read):
    rows = [f"Chapter of the number {row} " + ". " * 30 + f"{row + 9}" for row in range(4)]
    drawn = [(50, 700 - 14 * row, line) for row, line in enumerate(rows)]
    assert text_of(read, *drawn).splitlines() == rows


def test_a_hyphenated_word_is_one_again(read):
    lines = [
        "The attackers used a well-known tool for the configura-",
        "tion of all servers, and a state-sponsored",
    ]
    drawn = [(50, 700 - 14 * row, line) for row, line in enumerate(lines)]
    assert "the configuration of all" in text_of(read, *drawn)


def test_a_compound_that_the_document_knows_keeps_its_hyphen(read):
    lines = [
        "A state-sponsored group it was, as they wrote in the",
        "report, and it was long known to be state-",
        "sponsored.",
    ]
    drawn = [(50, 700 - 14 * row, line) for row, line in enumerate(lines)]
    assert text_of(read, *drawn).endswith("known to be state-sponsored.\n")


def test_an_indicator_keeps_the_hyphen_at_which_it_was_broken(read):
    lines = [
        "It then went on to resolve the name of update-",
        "service.evil.example before it slept for an hour.",
    ]
    drawn = [(50, 700 - 14 * row, line) for row, line in enumerate(lines)]
    assert "update-service.evil.example before" in text_of(read, *drawn)


def test_text_that_runs_up_the_page_is_read_in_one_piece(read):
    turned = "BT /F1 12 Tf 0 1 -1 0 60 200 Tm (rotated.evil.example runs upward) Tj ET"
    (document,) = read(write_pdf(turned))
    assert document.text == "rotated.evil.example runs upward\n"
    (place,) = document.source_map.places(0, 20)
    ((x0, y0, x1, y1),) = place["boxes"]
    assert y1 - y0 > x1 - x0


def test_a_sentence_goes_on_over_the_end_of_a_page(read):
    lines = [
        "The operators rented servers from four hosting companies and",
        "moved between them every week; they used the hosts of a",
    ]
    first = "".join(text_at(50, 90 - 14 * row, line) for row, line in enumerate(lines))
    second = text_at(50, 700, "company named c2.evil.example for most of the time.")
    (document,) = read(write_pdf(first, second, text_at(50, 700, "A new page.")))
    assert document.text == (
        f"{' '.join(lines)} company named c2.evil.example for most of the time.\nA new page.\n"
    )


def test_pages_are_numbered_from_one(read):
    (document,) = read(write_pdf(*(text_at(50, 700, f"host{page}.example") for page in (1, 2, 3))))
    for page in (1, 2, 3):
        at = document.text.index(f"host{page}")
        assert [place["page"] for place in document.source_map.places(at, at + 5)] == [page]


def test_line_ends_that_pdfium_writes_between_letters_of_a_word_part_nothing():
    """It takes some pages of few lines for vertical ones, and ends the line behind each letter."""
    codes, boxes, objects, x = [], [], [], 50.0
    for number, letter in enumerate("evil.example it is", 1):
        if letter != " ":
            codes += [ord(letter), 13, 10]
            boxes += [(x, 700, x + 5, 712), (0, 0, 0, 0), (0, 0, 0, 0)]
            objects += [number, 0, 0]
        x += 5
    glyphs = Glyphs(
        np.array(codes, np.uint32), np.array(boxes, np.float32), np.array(objects, np.uint64)
    )
    assert [line.text for line in lines_of(glyphs, np.ones(len(glyphs), bool))] == [
        "evil.example it is"
    ]
