"""The machinery that turns docs/, snippets/ and tests/ into the guide."""
