"""What the employer does: draft, submit, amend, cancel."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from emigrate.domains.demands.enums import AllotmentState
from emigrate.domains.demands.facts import terms_hash
from emigrate.domains.demands.models import Allotment, Demand, DemandLine
from emigrate.domains.demands.policies import DEMAND_POLICY
from emigrate.domains.demands.workflow import DEMAND
from emigrate.domains.employers.queries import employers_for
from emigrate.domains.reference import queries as reference
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import Blocked, InvalidInput, NotFound
from emigrate.foundation.identifiers.numbering import next_reference
from emigrate.foundation.transactions import action

MOST_LINES = 50
MOST_WORKERS = 10_000


@dataclass(frozen=True, slots=True)
class NewLine:
    """One category: occupation by ISCO-08, how many, basic wage a month in minor units, months.

    `terms` holds the clauses of the contract by code (`clauses`) and what they promise.
    """

    occupation: str
    title: str
    number: int
    wage_minor: int
    currency: str
    months: int
    terms: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewDemand:
    """What the employer asks for, and where."""

    employer_reference: str
    site: str
    lines: Sequence[NewLine]


@action
def draft_demand(new: NewDemand, *, actor: Actor) -> Demand:
    """Begin a demand; the employer must be registered and active."""
    DEMAND_POLICY.require_role(actor, "file")
    employer = employers_for(actor).filter(reference=new.employer_reference).first()
    if employer is None:
        raise NotFound(subject="employer")
    if employer.state not in {"active", "prior_approval"}:
        raise Blocked(unmet="employer_not_active", codes=["employer_not_active"])
    _check(new.lines)
    demand = Demand(
        reference=next_reference("DM"),
        employer=employer,
        employer_organisation_id=employer.organisation_id,
        country=employer.country,
        mission_code=employer.mission_code,
        small=employer.small,
        site=new.site,
    )
    lines = [_line(each) for each in new.lines]
    demand.terms_hash = terms_hash(demand, lines)
    DEMAND.begin(demand, actor=actor)
    _insert(demand, lines)
    return demand


def _check(lines: Sequence[NewLine]) -> None:
    errors = []
    if not 1 <= len(lines) <= MOST_LINES:
        errors.append(_error("/lines", "lines_count", f"Send 1 to {MOST_LINES} lines."))
    for index, line in enumerate(lines):
        if not 1 <= line.number <= MOST_WORKERS:
            message = f"Ask for 1 to {MOST_WORKERS} workers."
            errors.append(_error(f"/lines/{index}/number", "number_out_of_range", message))
        if line.wage_minor <= 0:
            errors.append(_error(f"/lines/{index}/wage", "wage_missing", "Name the basic wage."))
        try:
            reference.occupation(line.occupation)
        except NotFound:
            message = "Use an ISCO-08 unit group of the list."
            errors.append(_error(f"/lines/{index}/occupation", "occupation_unknown", message))
    if errors:
        raise InvalidInput(errors)


def _error(pointer: str, code: str, message: str) -> dict[str, str]:
    return {"pointer": pointer, "code": code, "message": message}


def _line(new: NewLine) -> DemandLine:
    return DemandLine(
        occupation=new.occupation,
        title=new.title,
        number=new.number,
        wage_minor=new.wage_minor,
        currency=new.currency,
        months=new.months,
        terms=new.terms,
    )


def _insert(demand: Demand, lines: list[DemandLine]) -> None:
    for line in lines:
        line.demand = demand
    DemandLine.objects.bulk_create(lines)


@action
def submit_demand(reference: str, *, actor: Actor) -> Demand:
    """Send the demand to the Mission."""
    rows = Demand.objects.all()
    case = DEMAND.hold(rows, actor=actor, verb="submit", reference=reference)
    return DEMAND.take("submit", case, actor=actor)


@action
def amend_demand(
    reference: str, line_id: int, new: NewLine, *, actor: Actor, reason: str
) -> Demand:
    """Change a line of an approved demand: the approval is void until the Mission gives it again."""
    case = DEMAND.hold(Demand.objects.all(), actor=actor, verb="amend", reference=reference)
    _check([new])
    lines = list(case.lines.order_by("id"))
    line = next((each for each in lines if each.pk == line_id), None)
    if line is None:
        raise NotFound(subject="line")
    if new.number < line.allotted:
        raise InvalidInput.at("/number", "below_allotted", "More are allotted; release some first.")
    for name in ("occupation", "title", "number", "wage_minor", "currency", "months", "terms"):
        setattr(line, name, getattr(new, name))
    line.save()
    return DEMAND.take(
        "amend",
        case,
        actor=actor,
        reason=reason,
        terms_hash=terms_hash(case, lines),
        attested_hash=None,
    )


@action
def cancel_demand(reference: str, reason: str, *, actor: Actor) -> Demand:
    """Take the demand back; what agents hold unused is released."""
    rows = Demand.objects.all()
    case = DEMAND.hold(rows, actor=actor, verb="cancel", reference=reference)
    live = (AllotmentState.SENT, AllotmentState.ACKNOWLEDGED)
    Allotment.objects.filter(demand=case, state__in=live).update(state=AllotmentState.RELEASED)
    return DEMAND.take("cancel", case, actor=actor, reason=reason)
