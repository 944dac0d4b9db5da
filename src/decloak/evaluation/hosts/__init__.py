"""Host documents: honest text of our own making, with known entities, from a seed."""
