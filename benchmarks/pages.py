"""CPU time to read a page with its places, beside the parser of the standard library.

    python benchmarks/pages.py [MEGABYTES] [FILE.html]

Without a file the page is made: a blog's posts, 23 tags per kilobyte. A file is repeated up to the size.
"""

from __future__ import annotations

import sys
import time
from html.parser import HTMLParser
from pathlib import Path

from decloak.readers.html.page import read_page

POST = """<div class="post" id="p{i}">
 <h2 class="title"><a href="https://blog.example/{i}">Title {i}</a></h2>
 <p>Lorem ipsum dolor sit <b>amet</b>, consectetur adipiscing elit, sed do eiusmod tempor&nbsp;incididunt ut
 labore et dolore magna aliqua 10.0.{j}.7, <a href="http://c2-{i}.example/x?a=1&amp;b=2" rel="nofollow">c2-{i}.example</a>.</p>
 <ul><li>one</li><li>two</li></ul><img src="/img/{i}.png" alt="picture {i}">
</div>
"""


def main(megabytes: float = 10, path: str | None = None) -> None:
    """Print three interleaved rounds."""
    size = int(megabytes * 1e6)
    page = Path(path).read_text("utf-8") if path else ""
    parts = [page or POST.format(i=i, j=i % 256) for i in range(size // max(len(page), 460) + 1)]
    source = ("<!doctype html><title>x</title><body>" + "".join(parts))[:size]
    for _ in range(3):
        began = time.process_time()
        HTMLParser().feed(source)
        middle = time.process_time()
        read = read_page(source)
        ended = time.process_time()
        print(
            f"{len(source):,} code points, {len(read.text):,} of text: html.parser {middle - began:.2f} s, "
            f"with places {ended - middle:.2f} s of CPU time, ratio {(ended - middle) / (middle - began):.1f}"
        )


if __name__ == "__main__":
    main(*(float(each) if index == 0 else each for index, each in enumerate(sys.argv[1:3])))
