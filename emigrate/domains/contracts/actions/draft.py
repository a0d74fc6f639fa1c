"""What agent and employer do: draft, change, sign, offer."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from emigrate.domains.agents.queries import require_recruits
from emigrate.domains.contracts.actions.words import same_version, tell_emigrant
from emigrate.domains.contracts.models import Contract, ContractVersion, Terms, terms_from
from emigrate.domains.contracts.policies import CONTRACT_POLICY
from emigrate.domains.contracts.workflow import CONTRACT
from emigrate.domains.demands.enums import RECRUITING, AllotmentState
from emigrate.domains.demands.models import Allotment
from emigrate.domains.demands.queries import allotments_for, empowered
from emigrate.domains.emigrants import actions as emigrants
from emigrate.domains.emigrants.enums import LIVING
from emigrate.domains.emigrants.models import Emigrant
from emigrate.domains.emigrants.queries import emigrants_for
from emigrate.domains.employers.enums import EmployerState
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import AlreadyExists, Blocked, NotFound
from emigrate.foundation.identifiers.numbering import next_reference
from emigrate.foundation.transactions import action, now, refused_by, today

refused_by("one_live_contract_an_allotment_a_person", AlreadyExists)


@dataclass(frozen=True, slots=True)
class NewContract:
    """Whom the agent proposes for which of its vacancies, on which terms."""

    emigrant_reference: str
    allotment_id: int
    terms: Terms


@action
def draft_contract(new: NewContract, *, actor: Actor) -> Contract:
    """Draft a contract for an emigrant whom the agent is linked with.

    Employer and Mission see the person with it. Raises NotFound, InvalidInput, AlreadyExists,
    AgentBarred or Blocked (demand, allotment or emigrant does not stand).
    """
    CONTRACT_POLICY.require_role(actor, "draft")
    emigrant = emigrants_for(actor).filter(reference=new.emigrant_reference).first()
    if emigrant is None:
        raise NotFound(subject="emigrant")
    allotment = allotments_for(actor).filter(pk=new.allotment_id).first()
    if allotment is None:
        raise NotFound(subject="allotment")
    _require_standing(emigrant, allotment)
    terms = terms_from(new.terms.as_json())
    employer = allotment.demand.employer
    contract = Contract(
        reference=next_reference("CT"),
        emigrant=emigrant,
        allotment=allotment,
        employer=employer,
        agent=allotment.agent,
        agency_id=allotment.agency_id,
        employer_organisation_id=allotment.employer_organisation_id,
        country=allotment.country,
        office=allotment.agent.office,
        employer_reference=employer.reference,
        **_copied(terms),
    )
    CONTRACT.begin(contract, actor=actor)
    _keep(contract, terms, actor)
    _disclose(contract, actor)
    return contract


def _require_standing(emigrant: Emigrant, allotment: Allotment) -> None:
    demand, agent = allotment.demand, allotment.agent
    require_recruits(agent)
    last_day = demand.valid_until
    stands = {
        "emigrant_not_active": emigrant.state in LIVING,
        "demand_not_open": demand.state in RECRUITING
        and last_day is not None
        and last_day >= today(),
        "allotment_not_accepted": allotment.state == AllotmentState.ACKNOWLEDGED,
        "attorney_not_active": empowered(demand.pk, agent.pk, on=today()),
        "employer_blacklisted": demand.employer.state != EmployerState.BLACKLISTED,
    }
    if unmet := [code for code, holds in stands.items() if not holds]:
        raise Blocked(unmet=", ".join(unmet), codes=unmet)


def _copied(terms: Terms) -> dict[str, Any]:  # columns of several types
    starts_on = None if terms.starts_on is None else date.fromisoformat(terms.starts_on)
    return {"terms_hash": terms.hash, "months": terms.months, "starts_on": starts_on}


def _keep(contract: Contract, terms: Terms, actor: Actor) -> None:
    ContractVersion(
        contract=contract,
        number=contract.version_number,
        terms=terms.as_json(),
        hash=terms.hash,
        made_at=now(),
        made_by=actor.user_id,
    ).save(force_insert=True)


def _disclose(contract: Contract, actor: Actor) -> None:
    system = Actor.system(actor.request_id)
    for to in (
        {"organisation_id": contract.employer_organisation_id},
        {"country": contract.country},
    ):
        emigrants.disclose(contract.emigrant_id, contract.reference, **to, actor=system)


@action
def revise_contract(reference: str, terms: Terms, *, actor: Actor, reason: str) -> Contract:
    """Change the terms: a new version, to be signed and agreed to again; the emigrant is told.

    AgentBarred when the agent's certificate does not stand: it takes on nothing new.
    """
    rows = Contract.objects.select_related("agent")
    case = CONTRACT.hold(rows, actor=actor, verb="revise", reference=reference)
    require_recruits(case.agent)
    terms = terms_from(terms.as_json())
    CONTRACT.take(
        "revise",
        case,
        actor=actor,
        reason=reason,
        version_number=case.version_number + 1,
        read_back_at=None,
        consented_at=None,
        think_until=None,
        **_copied(terms),
    )
    _keep(case, terms, actor)
    tell_emigrant("contract.changed", case, actor)
    return case


@action
def sign_for_employer(reference: str, terms_hash: bytes, *, actor: Actor) -> Contract:
    """The employer signs the version whose hash it names."""
    case = CONTRACT.hold(Contract.objects.all(), actor=actor, verb="sign", reference=reference)
    same_version(case, terms_hash)
    return CONTRACT.take("sign", case, actor=actor)


@action
def offer_contract(reference: str, *, actor: Actor) -> Contract:
    """Offer the signed contract; the emigrant is told to listen to it and compare.

    AgentBarred when the agent, Blocked when employer, demand or allotment stands no more.
    """
    case = CONTRACT.hold(Contract.objects.all(), actor=actor, verb="offer", reference=reference)
    _require_standing(case.emigrant, case.allotment)
    CONTRACT.take("offer", case, actor=actor)
    tell_emigrant("contract.offered", case, actor)
    return case
