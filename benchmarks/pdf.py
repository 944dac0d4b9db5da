"""CPU time to read the text and the boxes of a PDF: python benchmarks/pdf.py FILE.pdf ...

Long ones are made from any long text: `soffice --headless --convert-to pdf FILE`, or
`chromium --headless --print-to-pdf=OUT.pdf FILE.html`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from decloak.readers.pdf.document import read_pdf
from decloak.readers.pdf.request import Request


def main(paths: list[str]) -> None:
    """Print a line per file."""
    for path in paths:
        data = Path(path).read_bytes()
        began = time.process_time()
        document, _ = read_pdf(data, Request(path, (), 5_000, 1 << 30, 1_000))
        spent = time.process_time() - began
        print(f"{Path(path).name}: {len(document.text):,} code points in {spent:.2f} s of CPU time")


if __name__ == "__main__":
    main(sys.argv[1:])
