"""Contracts through somebody's eyes, their terms, and the three-way comparison."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from emigrate.domains.contracts.models import Contract, ContractVersion, Terms, terms_from
from emigrate.domains.contracts.policies import CONTRACT_POLICY
from emigrate.domains.contracts.queries.compare import Difference, compared, promised_currency
from emigrate.domains.demands.models import DemandLine
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotFound
from emigrate.foundation.transactions import acting, current

__all__ = [
    "Difference",
    "Terms",
    "compare",
    "contract",
    "contracts_for",
    "key_facts",
    "promised_currency",
    "terms_of",
]

MODEL: Mapping[str, Any] = {
    "hours_per_day": 8,
    "days_per_week": 6,
    "food": "provided",
    "accommodation": "provided",
    "transport": "provided",
    "medical": "provided",
    "ticket_out": "employer",
    "ticket_home": "employer",
    "passport_custody": "emigrant",
    "deductions_minor": 0,
}
"""The model contract's values: what agents' own model forms promise; a comparison, not law."""


def contracts_for(actor: Actor) -> QuerySet[Contract]:
    """Every contract that this actor may see."""
    return CONTRACT_POLICY.narrow(Contract.objects.all(), actor, "view")


def contract(reference: str, *, actor: Actor) -> Contract:
    """One contract by its number; NotFound when it is not theirs."""
    found = contracts_for(actor).filter(reference=reference).first()
    if found is None:
        raise NotFound(subject="contract")
    return found


def terms_of(contract_id: int) -> Terms:
    """The terms of the version that stands."""
    rows = ContractVersion.objects.filter(contract_id=contract_id).order_by("-number")
    version = rows.values_list("terms", flat=True).first()
    if version is None:
        raise NotFound(subject="contract")
    return terms_from(version)


def compare(contract_id: int) -> list[Difference]:
    """Demand, contract and model side by side, the gravest loss for the worker first.

    Whoever sees the contract may compare: the demand's line is read as the platform, because the
    emigrant does not see allotments, nor a demand that has ended. NotFound.
    """
    terms = terms_of(contract_id)
    with acting(Actor.system(current().actor.request_id)):
        line = DemandLine.objects.get(allotments__contracts=contract_id)
    return compared(terms, demand_terms(line), MODEL)


def demand_terms(line: DemandLine) -> dict[str, Any]:
    """What the demand promised, in the words of a contract's terms."""
    known = {name: value for name, value in line.terms.items() if name != "clauses"}
    return {
        **known,
        "occupation": line.occupation,
        "title": line.title,
        "wage_minor": line.wage_minor,
        "currency": line.currency,
        "months": line.months,
        "clauses": tuple(sorted(line.terms.get("clauses", ()))),
    }


def key_facts(terms: Terms, employer_name: str) -> dict[str, str]:
    """The five facts that an emigrant reads back before agreeing."""
    return {
        "wage": f"{terms.wage_minor} {terms.currency}",
        "hours": str(terms.hours_per_day),
        "employer": employer_name,
        "place": terms.workplace,
        "deductions": str(terms.deductions_minor),
    }
