"""Verbs on documents: receiving, opening, releasing, sweeping."""

from emigrate.domains.documents.actions.open import (
    open_document,
    refuse_document,
    release_document,
    sweep_strays,
)
from emigrate.domains.documents.actions.receive import NewDocument, receive

__all__ = [
    "NewDocument",
    "open_document",
    "receive",
    "refuse_document",
    "release_document",
    "sweep_strays",
]
