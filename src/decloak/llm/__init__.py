"""llm: one small protocol for language models, and its backends."""
