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
# To be opened with the password "infected".
soffice --headless --convert-to odt --outdir "$work" report.txt
soffice --headless --convert-to 'pdf:writer_pdf_Export:{"EncryptFile":{"type":"boolean","value":"true"},"DocumentOpenPassword":{"type":"string","value":"infected"}}' \
    --outdir "$work" "$work/report.odt"
mv "$work/report.pdf" encrypted.pdf
rm -r "$work"
