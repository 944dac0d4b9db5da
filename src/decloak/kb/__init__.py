"""Knowledge base: names that are known, and words that are ordinary."""
