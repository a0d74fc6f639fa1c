"""Identifiers that belong to no country: references, travel documents, shapes, checks."""
