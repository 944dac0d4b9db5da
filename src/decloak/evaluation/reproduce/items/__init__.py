"""The items of the publication: one file for each question, each a function from a bench to an outcome."""
