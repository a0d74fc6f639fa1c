"""How two sets of terms differ for the worker, sorted by harm."""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from emigrate.domains.contracts.models import Terms

Better = Literal["higher", "lower", "same"]


@dataclass(frozen=True, slots=True)
class Rule:
    """How a term is compared: which way is better for the worker, and how grave a loss is."""

    better: Better
    weight: int


RULES: Mapping[str, Rule] = {
    "wage_minor": Rule("higher", 100),
    "currency": Rule("same", 95),
    "passport_custody": Rule("same", 90),
    "occupation": Rule("same", 85),
    "workplace": Rule("same", 70),
    "deductions_minor": Rule("lower", 80),
    "recruitment_cost": Rule("same", 65),
    "hours_per_day": Rule("lower", 60),
    "days_per_week": Rule("lower", 58),
    "overtime_percent": Rule("higher", 50),
    "accommodation": Rule("same", 48),
    "food": Rule("same", 46),
    "medical": Rule("same", 45),
    "ticket_home": Rule("same", 44),
    "ticket_out": Rule("same", 42),
    "clauses": Rule("higher", 40),
    "transport": Rule("same", 30),
    "leave_days_per_year": Rule("higher", 28),
    "months": Rule("same", 25),
    "notice_days": Rule("same", 15),
    "probation_months": Rule("lower", 12),
    "title": Rule("same", 10),
}


WORSE: Mapping[Better, Callable[[Any, Any], bool]] = {
    "higher": operator.lt,
    "lower": operator.gt,
    "same": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One term in demand, contract and model. `harm` > 0: worse for the worker than promised."""

    term: str
    demand: Any
    contract: Any
    model: Any
    harm: int


def compared(
    contract: Terms, demand: Mapping[str, Any], model: Mapping[str, Any]
) -> list[Difference]:
    """Every term of the contract beside the demand's and the model's, the gravest loss first."""
    differences = []
    for name, rule in RULES.items():
        value = getattr(contract, name)
        promised, usual = demand.get(name), model.get(name)
        against = promised if promised is not None else usual
        differences.append(Difference(name, promised, value, usual, _harm(rule, value, against)))
    return sorted(differences, key=lambda each: -each.harm)


def promised_currency(found: Iterable[Difference], agreed: str) -> str:
    """The currency of the demand's amounts; the contract's where the demand names none."""
    named = (str(each.demand) for each in found if each.term == "currency" and each.demand)
    return next(named, agreed)


def _harm(rule: Rule, value: Any, against: Any) -> int:
    if against is None:
        return 0
    if isinstance(value, tuple):
        return rule.weight if set(against) - set(value) else 0
    return rule.weight if WORSE[rule.better](value, against) else 0
