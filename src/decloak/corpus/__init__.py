"""The corpus: labelled texts made from raw runs, split, counted, checked and exported."""
