"""Contracts, their versions and consents, and the terms that a version holds."""

from emigrate.domains.contracts.models.tables import Consent, Contract, ContractVersion, ReadBack
from emigrate.domains.contracts.models.terms import Terms, terms_from

__all__ = ["Consent", "Contract", "ContractVersion", "ReadBack", "Terms", "terms_from"]
