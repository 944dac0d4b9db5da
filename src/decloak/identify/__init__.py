"""identify: fluent narratives of tool output by language models, checked and grounded."""
