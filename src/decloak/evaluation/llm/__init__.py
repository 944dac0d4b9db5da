"""Language models measured: omissions, precision and recall, cost, and hostile text."""
