"""Telling those on the road: of their agent or employer, and of what to carry."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet

from emigrate.domains.clearances.enums import ClearanceState
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.clearances.policies import CLEARANCE_POLICY
from emigrate.domains.contracts.enums import ContractState
from emigrate.domains.contracts.models import Contract
from emigrate.domains.demands.enums import HELD
from emigrate.domains.demands.models import Allotment
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.domains.notifications.models import Message
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import action, today
from emigrate.law.current import pack

OFFERED = (ContractState.OFFERED, ContractState.CONSENTED, ContractState.LOCKED)
DEPARTS = "clearance.departs_soon"
OVER = (ClearanceState.USED, ClearanceState.EXPIRED)


@action
def tell_of_agent(agent_id: int, state: str, *, actor: Actor) -> int:
    """Tell workers who have not left, and employers, that an agent is suspended or cancelled."""
    CLEARANCE_POLICY.require_role(actor, "clock")
    contracts = _on_the_road().filter(agent_id=agent_id)
    demands = Allotment.objects.filter(agent_id=agent_id, state__in=HELD)
    found = demands.values_list("employer_organisation_id", "demand__reference").distinct()
    return _told(f"contract.agent_{state}", contracts, actor) + _each(
        [
            Notice(f"demand.agent_{state}", reference, organisation_id=employer)
            for employer, reference in found.order_by("demand__reference")
        ],
        actor,
    )


@action
def tell_of_employer(employer_id: int, *, actor: Actor) -> int:
    """Tell workers who have not left, and agents, that an employer is on the black list."""
    CLEARANCE_POLICY.require_role(actor, "clock")
    contracts = _on_the_road().filter(employer_id=employer_id)
    demands = Allotment.objects.filter(demand__employer_id=employer_id, state__in=HELD)
    found = demands.values_list("agency_id", "demand__reference").distinct()
    return _told("contract.employer_blacklisted", contracts, actor) + _each(
        [
            Notice("demand.employer_blacklisted", reference, organisation_id=agency)
            for agency, reference in found.order_by("demand__reference")
        ],
        actor,
    )


@action
def tell_departing(*, actor: Actor) -> int:
    """What to carry, once, to those who leave within the days of the figure; to how many."""
    CLEARANCE_POLICY.require_role(actor, "clock")
    days: int = pack().figure("notice.departure_days", on=today()).value
    told = Message.objects.filter(
        event=DEPARTS, person_id=OuterRef("emigrant_id"), reference=OuterRef("reference")
    )
    soon = Clearance.objects.filter(
        ~Exists(told),
        state=ClearanceState.APPROVED,
        departs_on__range=(today(), today() + timedelta(days=days)),
    )
    return _each(
        [
            Notice(
                DEPARTS,
                case.reference,
                person_id=case.emigrant_id,
                facts={"on": case.departs_on.isoformat()},
            )
            for case in soon.order_by("pk")
        ],
        actor,
    )


def _on_the_road() -> QuerySet[Contract]:
    """Contracts offered to a worker who has not left on them."""
    left = Clearance.objects.filter(contract=OuterRef("pk"), state__in=OVER)
    return Contract.objects.filter(~Exists(left), state__in=OFFERED).order_by("pk")


def _told(event: str, contracts: QuerySet[Contract], actor: Actor) -> int:
    rows = contracts.values_list("emigrant_id", "reference")
    return _each([Notice(event, told, person_id=person) for person, told in rows], actor)


def _each(notices: list[Notice], actor: Actor) -> int:
    for notice in notices:
        notify(notice, actor=actor)
    return len(notices)
