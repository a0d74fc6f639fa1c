"""The insurer of emigrant workers: propose, ask, cancel."""
