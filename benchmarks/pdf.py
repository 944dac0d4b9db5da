"""CPU time to read the text and the boxes of a PDF: python benchmarks/pdf.py FILE.pdf ...

Long ones are made from any long text: `soffice --headless --convert-to pdf FILE`, or
`chromium --headless --print-to-pdf=OUT.pdf FILE.html`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from decloak.core.document import Document
from decloak.readers import read


def main(paths: list[str]) -> None:
    """Print a line per file."""
    for path in paths:
        began = time.process_time()
        documents = [each for each in read([path]) if isinstance(each, Document)]
        spent = time.process_time() - began
        length = sum(len(document.text) for document in documents)
        print(f"{Path(path).name}: {length:,} code points in {spent:.2f} s of CPU time")


if __name__ == "__main__":
    main(sys.argv[1:])
