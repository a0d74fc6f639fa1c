"""The verbs of a contract: draft, sign, offer, read back, consent, think over, fix."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from emigrate.domains.contracts.enums import Channel, ContractState
from emigrate.domains.contracts.models import Consent, Contract, ContractVersion, ReadBack, Terms
from emigrate.domains.contracts.policies import CONTRACT_POLICY
from emigrate.domains.contracts.queries import key_facts, terms_of
from emigrate.domains.contracts.workflow import CONTRACT
from emigrate.domains.demands.enums import AllotmentState
from emigrate.domains.demands.models import Allotment
from emigrate.domains.demands.queries import allotments_for
from emigrate.domains.emigrants.queries import emigrants_for
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import AlreadyExists, Blocked, InvalidInput, NotFound
from emigrate.foundation.identifiers.numbering import next_reference
from emigrate.foundation.transactions import action, now, refused_by, today
from emigrate.law.current import pack

refused_by("one_live_contract_an_allotment_a_person", AlreadyExists)


@dataclass(frozen=True, slots=True)
class NewContract:
    """Whom the agent proposes for which of its vacancies, on which terms."""

    emigrant_reference: str
    allotment_id: int
    terms: Terms


@action
def draft_contract(new: NewContract, *, actor: Actor) -> Contract:
    """Draft a contract for an emigrant whom the agent is linked with."""
    CONTRACT_POLICY.require_role(actor, "draft")
    emigrant = emigrants_for(actor).filter(reference=new.emigrant_reference).first()
    if emigrant is None:
        raise NotFound(subject="emigrant")
    allotment = _accepted(new.allotment_id, actor)
    demand = allotment.line.demand
    contract = Contract(
        reference=next_reference("CT"),
        emigrant=emigrant,
        allotment=allotment,
        employer=demand.employer,
        agent=allotment.agent,
        agency_id=allotment.agency_id,
        employer_organisation_id=allotment.employer_organisation_id,
        country=allotment.country,
        office=allotment.agent.office,
        terms_hash=new.terms.hash,
    )
    CONTRACT.begin(contract, actor=actor)
    _keep(contract, new.terms, actor)
    return contract


def _accepted(allotment_id: int, actor: Actor) -> Allotment:
    allotment = allotments_for(actor).filter(pk=allotment_id).first()
    if allotment is None:
        raise NotFound(subject="allotment")
    if allotment.state != AllotmentState.ACKNOWLEDGED:
        raise Blocked(unmet="allotment_not_accepted", codes=["allotment_not_accepted"])
    return allotment


def _keep(contract: Contract, terms: Terms, actor: Actor) -> None:
    ContractVersion(
        contract=contract,
        number=contract.version_number,
        terms=terms.as_json(),
        hash=terms.hash,
        made_at=now(),
        made_by=actor.user_id,
    ).save(force_insert=True)


@action
def revise_contract(reference: str, terms: Terms, *, actor: Actor, reason: str) -> Contract:
    """Change the terms: a new version, to be signed and agreed to again; the emigrant is told."""
    case = CONTRACT.hold(Contract.objects.all(), actor=actor, verb="revise", reference=reference)
    number = case.version_number + 1
    CONTRACT.take(
        "revise",
        case,
        actor=actor,
        reason=reason,
        terms_hash=terms.hash,
        version_number=number,
        read_back_at=None,
        consented_at=None,
    )
    _keep(case, terms, actor)
    _tell("contract.changed", case, actor)
    return case


@action
def sign_for_employer(reference: str, terms_hash: bytes, *, actor: Actor) -> Contract:
    """The employer signs the version whose hash it names."""
    case = CONTRACT.hold(Contract.objects.all(), actor=actor, verb="sign", reference=reference)
    _same(case, terms_hash)
    return CONTRACT.take("sign", case, actor=actor)


@action
def offer_contract(reference: str, *, actor: Actor) -> Contract:
    """Offer the signed contract; the emigrant is told to listen to it and compare."""
    case = CONTRACT.hold(Contract.objects.all(), actor=actor, verb="offer", reference=reference)
    CONTRACT.take("offer", case, actor=actor)
    _tell("contract.offered", case, actor)
    return case


@action
def read_back(
    reference: str,
    answers: Mapping[str, str],
    *,
    actor: Actor,
    language: str,
    channel: Channel = Channel.WEB,
) -> ReadBack:
    """Check the emigrant's answers to the five key facts; every one must be right to agree."""
    rows = Contract.objects.select_related("employer")
    case = CONTRACT.hold(rows, actor=actor, verb="consent", reference=reference)
    facts = key_facts(terms_of(case.pk), case.employer.name)
    if missing := sorted(set(facts) - set(answers)):
        message = "Answer all five facts."
        raise InvalidInput(
            [
                {"pointer": f"/answers/{name}", "code": "answer_missing", "message": message}
                for name in missing
            ]
        )
    right = {name: _alike(answers[name], fact) for name, fact in facts.items()}
    checked = ReadBack.objects.create(
        contract=case,
        version_hash=bytes(case.terms_hash),
        language=language,
        channel=channel,
        right=right,
        all_right=all(right.values()),
        at=now(),
    )
    CONTRACT.amend("contract.read_back", case, actor=actor, read_back_at=now())
    return checked


def _alike(answer: str, fact: str) -> bool:
    return " ".join(answer.split()).casefold() == " ".join(fact.split()).casefold()


@action
def consent(
    reference: str,
    terms_hash: bytes,
    *,
    actor: Actor,
    language: str,
    channel: Channel = Channel.WEB,
) -> Contract:
    """Agree to the version whose hash is named; then there is time to think it over."""
    case = CONTRACT.hold(Contract.objects.all(), actor=actor, verb="consent", reference=reference)
    _same(case, terms_hash)
    hours: int = pack().figure("contract.cooling_off_hours", on=today()).value
    CONTRACT.take("consent", case, actor=actor, consented_at=now())
    CONTRACT.amend(
        "contract.cooling_off_begun", case, actor=actor, due_at=now() + timedelta(hours=hours)
    )
    Consent(
        contract=case,
        version_hash=bytes(case.terms_hash),
        language=language,
        channel=channel,
        assisted_by=actor.user_id if actor.on_behalf_of else None,
        given_at=now(),
    ).save(force_insert=True)
    return case


@action
def decline_contract(reference: str, *, actor: Actor) -> Contract:
    """The emigrant declines the offer."""
    case = CONTRACT.hold(Contract.objects.all(), actor=actor, verb="decline", reference=reference)
    return CONTRACT.take("decline", case, actor=actor)


@action
def withdraw_consent(reference: str, *, actor: Actor) -> Contract:
    """The emigrant takes the consent back while thinking it over."""
    case = CONTRACT.hold(Contract.objects.all(), actor=actor, verb="withdraw", reference=reference)
    Consent.objects.filter(contract=case, withdrawn_at=None).update(withdrawn_at=now())
    return CONTRACT.take("withdraw", case, actor=actor)


@action
def lock_contract(reference: str, *, actor: Actor) -> Contract:
    """Fix the contract after the cooling-off time: the terms that are checked on arrival."""
    case = CONTRACT.hold(Contract.objects.all(), actor=actor, verb="lock", reference=reference)
    CONTRACT.take("lock", case, actor=actor, locked_at=now())
    _tell("contract.locked", case, actor)
    return case


@action
def void_contract(reference: str, reason: str, *, actor: Actor) -> Contract:
    """Make a contract void, with the reason."""
    case = CONTRACT.hold(Contract.objects.all(), actor=actor, verb="void", reference=reference)
    return CONTRACT.take("void", case, actor=actor, reason=reason)


@action
def lock_thought_over(*, actor: Actor) -> int:
    """Fix every contract whose cooling-off time has passed (a periodic job); how many."""
    ready = Contract.objects.filter(state=ContractState.CONSENTED, due_at__lte=now())
    cases = list(ready.order_by("due_at", "pk").select_for_update(skip_locked=True)[:500])
    for case in cases:
        CONTRACT.take("lock", case, actor=actor, locked_at=now())
        _tell("contract.locked", case, actor)
    return len(cases)


def _same(case: Contract, terms_hash: bytes) -> None:
    if bytes(case.terms_hash) != terms_hash:
        raise InvalidInput.at(
            "/terms_hash", "terms_changed", "The terms changed. Read the new version first."
        )


def _tell(event: str, case: Contract, actor: Actor) -> None:
    receiver = Notice(event, person_id=case.emigrant_id, reference=case.reference)
    notify(receiver, actor=Actor.system(actor.request_id))
