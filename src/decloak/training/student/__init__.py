"""The student: a small network that learns from the tagger's model what it says of text."""
