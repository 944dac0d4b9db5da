"""PDFs that would take down the process that reads them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from pdf_writer import text_at, write_pdf

from decloak.core.errors import InputError
from decloak.readers.pdf.isolated import _Reader, read_isolated
from decloak.readers.pdf.request import Request

PLAIN = write_pdf(text_at(50, 700, "evil.example"))
REQUEST = Request("report.pdf", (), 10, 1 << 20, 10)


def forms_within_forms(levels: int) -> bytes:
    """Return a PDF of which each form draws the next one four times."""
    forms = [
        "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << "
        f"/X1 {6 + level} 0 R >> >> /Length 27 >>\nstream\n/X1 Do /X1 Do /X1 Do /X1 Do\nendstream"
        for level in range(levels)
    ]
    last = "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 12 >>\nstream\n0 0 9 9 re f\nendstream"
    return write_pdf("/X1 Do", objects=("<< >>", *forms, last))


@pytest.mark.parametrize(("seconds", "memory"), [(1, 8 << 30), (100, 256 << 20)])
def test_what_takes_too_long_or_too_much_is_named_and_costs_no_other(seconds, memory):
    with pytest.raises(
        InputError, match=rf"more than {seconds} s of CPU time or {memory >> 20:,} MiB"
    ):
        read_isolated(forms_within_forms(15), REQUEST, seconds, memory)
    document, _ = read_isolated(PLAIN, REQUEST)
    assert document.text == "evil.example\n"


def test_a_process_that_was_ended_between_two_pdfs_is_started_again():
    reader = _Reader()
    assert reader.ask(PLAIN, REQUEST, 9, 1 << 30)
    reader._process.kill()
    reader._process.wait()
    assert reader.ask(PLAIN, REQUEST, 9, 1 << 30)
    reader.stop()


def test_a_forked_process_starts_its_own():
    reader = _Reader()
    assert reader.ask(PLAIN, REQUEST, 9, 1 << 30)
    first = reader._process
    reader.forget()
    assert reader.ask(PLAIN, REQUEST, 9, 1 << 30)
    assert reader._process is not first
    reader.stop()


def test_whoever_reads_a_pdf_loads_no_pdfium():
    code = (
        "import sys; from decloak.readers import read; (d,) = read([sys.argv[1]]); "
        "assert d.source_map.places(0, 4)[0]['page'] == 1; "
        "print({'pypdfium2', 'numpy'} & set(sys.modules))"
    )
    path = Path(__file__).parent / "golden" / "libreoffice.pdf"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, path],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("set()\n", "")
