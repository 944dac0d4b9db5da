"""Write what the decoders make of every golden text beside it; read the difference before use.

Usage: python tests/golden/regenerate.py [DECODER ...]
"""

from __future__ import annotations

import json
import sys

from decode_cases import cases, decoder_of, result_of


def main(names: list[str]) -> None:
    for case in cases():
        if not names or decoder_of(case) in names:
            made = json.dumps(result_of(case), indent=1, ensure_ascii=True)
            case.with_suffix(".json").write_text(made + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
