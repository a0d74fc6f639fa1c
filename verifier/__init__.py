"""Checks a published audit log without trusting, or sharing code with, those who run it.

Needs Python 3.11 and the package `cryptography`, nothing else. `python -m verifier --help`.
"""
