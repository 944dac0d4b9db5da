"""Acquire: run tools and ask registries, and store what they answered as it came."""
