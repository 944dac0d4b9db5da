"""Labelling by paired output: a machine-readable twin of the same run says what the text holds."""
