"""core: the values that all stages share. Standard library only."""
