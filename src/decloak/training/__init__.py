"""training: fine-tune the tagger; the only package that imports torch."""
