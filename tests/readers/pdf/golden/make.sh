#!/bin/sh
# Make the golden files anew with the programs that people use (Debian: chromium, libreoffice-writer-nogui,
# fonts-dejavu-core). Run by hand; the tests read only what is stored.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer \
    --print-to-pdf="$PWD/chromium.pdf" report.html
soffice --headless --convert-to docx:"MS Word 2007 XML" --outdir "$work" report.html
soffice --headless --convert-to pdf:writer_pdf_Export --outdir "$work" "$work/report.docx"
mv "$work/report.pdf" libreoffice.pdf
rm -r "$work"
