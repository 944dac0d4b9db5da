"""Whole records: outputs of every tool about drawn hosts, names and networks, and what was put in."""
