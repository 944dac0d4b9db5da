#!/bin/sh
# Make the golden file anew with LibreOffice (Debian: libreoffice-writer-nogui). Run by hand; the tests read
# only what is stored.
set -eu
cd "$(dirname "$0")"
soffice --headless --convert-to docx:"MS Word 2007 XML" report.fodt
mv report.docx libreoffice.docx
