"""Figures: each module measures one thing beside its limit and prints one JSON line."""
