"""Evaluation: how much is found, how much of it is right, what is touched that should not be."""
