"""The student: a small network that reads what the tagger's model need not."""
