"""Decode: readable text that still points home.

Decoders propose edits, a strategy decides which are made, and an alignment keeps every offset. The
order below is that of the `canonical` strategy, where the first decoder that claims a stretch wins.
"""

from __future__ import annotations

from decloak.decode.base import DECODERS, Decoder, Models
from decloak.decode.base_n import Base64, Hex
from decloak.decode.bidi import Bidi
from decloak.decode.breaks import Breaks
from decloak.decode.confusable import Confusable
from decloak.decode.defang import Defang
from decloak.decode.diacritic import Diacritic
from decloak.decode.encodings import Rot13, Utf7
from decloak.decode.escapes import Escapes, Percent
from decloak.decode.invisible import Invisible
from decloak.decode.ipv4_forms import Ipv4Forms
from decloak.decode.leet import Leet
from decloak.decode.markup import Ansi, Markup
from decloak.decode.quoted_printable import QuotedPrintable
from decloak.decode.run import decode
from decloak.decode.symbol import Symbol
from decloak.decode.typo import Typo

__all__ = ["DECODERS", "Decoder", "Models", "decode"]

# One import line above and one line here make a decoder known; nothing else does.
DECODERS.add(Invisible())
DECODERS.add(Bidi())
DECODERS.add(Breaks())
DECODERS.add(Ansi())
DECODERS.add(Markup())
DECODERS.add(Escapes())
DECODERS.add(Percent())
DECODERS.add(QuotedPrintable())
DECODERS.add(Defang())
DECODERS.add(Base64())
DECODERS.add(Hex())
DECODERS.add(Utf7())
DECODERS.add(Rot13())
DECODERS.add(Ipv4Forms())
DECODERS.add(Confusable())
DECODERS.add(Diacritic())
DECODERS.add(Leet())
DECODERS.add(Symbol())
DECODERS.add(Typo())
