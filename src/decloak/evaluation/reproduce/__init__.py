"""Reproduce: every table, figure, experiment and claim of the published method, measured here."""
