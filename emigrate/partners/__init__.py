"""Outside capabilities, one package each: contract, live protocol, sources of every field."""
