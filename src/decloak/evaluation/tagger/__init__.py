"""What the tagger is worth: alone, with the decoders, in the pipeline; clean and disguised."""
