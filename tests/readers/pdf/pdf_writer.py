"""PDFs written by hand, object by object."""

from __future__ import annotations

import zlib


def text_at(x: float, y: float, text: str, size: float = 12, before: str = "") -> str:
    """Return the operators that draw one line of text."""
    shown = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT {before} /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({shown}) Tj ET\n"


def write_pdf(
    *pages: str,
    page: str = "",
    catalog: str = "",
    objects: tuple[str, ...] = (),
    box: str = "0 0 612 792",
) -> bytes:
    """Return a PDF of pages with these content streams.

    Args:
        pages: content streams; the font is ``/F1`` (Helvetica).
        page: entries of every page object; its resources are ``/Font`` and ``/XObject << /X1 5 0 R >>``.
        catalog: entries of the catalogue.
        objects: bodies of more objects, numbered from 4.
        box: of every page.
    """
    first = 4 + len(objects)
    kids = " ".join(f"{first + 2 * index} 0 R" for index in range(len(pages)))
    bodies = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *objects,
    ]
    written = [body.encode("latin-1") for body in bodies]
    for index, content in enumerate(pages):
        data = zlib.compress(content.encode("latin-1"))
        entries = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents {first + 2 * index + 1} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> /XObject << /X1 5 0 R >> /Properties << /L1 4 0 R >> >> {page} >>"
        )
        stream = f"<< /Length {len(data)} /Filter /FlateDecode >>\nstream\n".encode()
        written += [entries.encode("latin-1"), stream + data + b"\nendstream"]
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(written, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(written) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += (
        f"trailer << /Size {len(written) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    )
    return bytes(out)
