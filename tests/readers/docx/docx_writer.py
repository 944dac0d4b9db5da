"""DOCX written by hand, part by part."""

from __future__ import annotations

import io
import zipfile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
    'PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)


def relations(*rows: tuple[str, str, str]) -> str:
    """Return the XML of relations: kind, target, and ``External`` or ""."""
    items = "".join(
        f'<Relationship Id="r{number}" Type="{R}/{kind}" Target="{target}"'
        + (f' TargetMode="{mode}"' if mode else "")
        + "/>"
        for number, (kind, target, mode) in enumerate(rows, 1)
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{items}</Relationships>'


def part(element: str, content: str) -> str:
    """Return a part whose root is an element of WordprocessingML."""
    return f'<w:{element} xmlns:w="{W}" xmlns:r="{R}">{content}</w:{element}>'


def paragraph(*runs: str) -> str:
    """Return a paragraph of runs, or of texts."""
    return (
        "<w:p>" + "".join(each if each.startswith("<") else run(each) for each in runs) + "</w:p>"
    )


def run(text: str, properties: str = "") -> str:
    """Return a run with some properties."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def write_docx(
    body: str,
    *rows: tuple[str, str, str],
    compression: int = zipfile.ZIP_DEFLATED,
    **parts: str | bytes,
) -> bytes:
    """Return a DOCX.

    Args:
        body: the content of its body.
        rows: relations of the body, for `relations`.
        compression: of the archive.
        parts: further parts by name; ``__`` is a dot, and all lie under ``word/``.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", relations(("officeDocument", "word/document.xml", "")))
        whole = body if body.startswith("<?xml") else part("document", f"<w:body>{body}</w:body>")
        archive.writestr("word/document.xml", whole)
        archive.writestr("word/_rels/document.xml.rels", relations(*rows))
        for name, content in parts.items():
            archive.writestr("word/" + name.replace("__", "."), content)
    return out.getvalue()
