"""What the employer does: draft, submit, amend, cancel."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from django.utils.translation import gettext as _

from emigrate.domains.demands.actions.release import release_all
from emigrate.domains.demands.enums import AttorneyState
from emigrate.domains.demands.facts import terms_hash
from emigrate.domains.demands.models import Demand, DemandLine
from emigrate.domains.demands.policies import DEMAND_POLICY
from emigrate.domains.demands.workflow import DEMAND
from emigrate.domains.employers.enums import EmployerState
from emigrate.domains.employers.queries import employers_for
from emigrate.domains.reference import queries as reference
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import Blocked, InvalidInput, NotFound
from emigrate.foundation.identifiers.numbering import next_reference
from emigrate.foundation.transactions import action
from emigrate.law.engine.codes import currencies

MOST_LINES = 50
MOST_WORKERS = 10_000
MOST_MONTHS = 600
LONGEST_TITLE = 120
HIGHEST_WAGE = 10**12


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
    if employer.state not in (EmployerState.ACTIVE, EmployerState.PRIOR_APPROVAL):
        raise Blocked(unmet="employer_not_active", codes=["employer_not_active"])
    _check(new.lines)
    if not new.site.strip():
        raise InvalidInput.at("/site", "site_missing", _("Name the place of work."))
    demand = Demand(
        reference=next_reference("DM"),
        employer=employer,
        employer_organisation_id=employer.organisation_id,
        country=employer.country,
        mission_code=employer.mission_code,
        small=employer.small,
        site=new.site.strip(),
    )
    lines = [_line(each) for each in new.lines]
    demand.terms_hash = terms_hash(demand, lines)
    DEMAND.begin(demand, actor=actor)
    _insert(demand, lines)
    return demand


def _check(lines: Sequence[NewLine]) -> None:
    errors = []
    if not 1 <= len(lines) <= MOST_LINES:
        message = _("Send 1 to %(most)s lines.") % {"most": MOST_LINES}
        errors.append(_error("/lines", "lines_count", message))
    for index, line in enumerate(lines):
        errors += [
            _error(f"/lines/{index}/{name}", code, message) for name, code, message in _faults(line)
        ]
    if errors:
        raise InvalidInput(errors)


def _faults(line: NewLine) -> Iterator[tuple[str, str, str]]:
    """Every wrong member of a line: its name, the code, and what to do."""
    if not 1 <= line.number <= MOST_WORKERS:
        message = _("Ask for 1 to %(most)s workers.") % {"most": MOST_WORKERS}
        yield "number", "number_out_of_range", message
    if not 0 < line.wage_minor <= HIGHEST_WAGE:
        yield "wage", "wage_missing", _("Name the basic wage.")
    if line.currency not in currencies():
        yield "currency", "currency_unknown", _("Use an ISO 4217 code such as SAR.")
    if not 1 <= line.months <= MOST_MONTHS:
        message = _("Name 1 to %(most)s months.") % {"most": MOST_MONTHS}
        yield "months", "months_out_of_range", message
    if not 0 < len(line.title.strip()) <= LONGEST_TITLE:
        yield "title", "title_missing", _("Name the job.")
    if not _are_texts(line.terms.get("clauses", [])):
        yield "terms/clauses", "clauses_malformed", _("List the clauses by their codes.")
    try:
        reference.occupation(line.occupation)
    except NotFound:
        message = _("Use an ISCO-08 unit group of the list.")
        yield "occupation", "occupation_unknown", message


def _are_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)


def _error(pointer: str, code: str, message: str) -> dict[str, str]:
    return {"pointer": pointer, "code": code, "message": message}


def _line(new: NewLine) -> DemandLine:
    return DemandLine(**asdict(new))


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
    """Change a line of an approved demand: the approval is void until it is given again."""
    case = DEMAND.hold(Demand.objects.all(), actor=actor, verb="amend", reference=reference)
    _check([new])
    lines = list(case.lines.order_by("id"))
    line = next((each for each in lines if each.pk == line_id), None)
    if line is None:
        raise NotFound(subject="line")
    if new.number < line.allotted:
        message = _("More are allotted; release some first.")
        raise InvalidInput.at("/number", "below_allotted", message)
    for each in fields(new):
        setattr(line, each.name, getattr(new, each.name))
    changed = terms_hash(case, lines)
    if changed == bytes(case.terms_hash):
        raise InvalidInput.at("", "nothing_changed", _("Change something, or leave it as it is."))
    line.save()
    return DEMAND.take(
        "amend", case, actor=actor, reason=reason, terms_hash=changed, attested_hash=None
    )


@action
def cancel_demand(reference: str, reason: str, *, actor: Actor) -> Demand:
    """Take the demand back; what agents hold unused is released."""
    rows = Demand.objects.all()
    case = DEMAND.hold(rows, actor=actor, verb="cancel", reference=reference)
    system = Actor.system(actor.request_id)
    release_all(case.pk, actor=system, attorneys=AttorneyState.REVOKED)
    return DEMAND.take("cancel", case, actor=actor, reason=reason)
