"""What the emigrant does: read back, agree, decline, take back; and the contract that is fixed."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils.translation import gettext as _

from emigrate.domains.contracts.actions.words import same_version, tell_emigrant
from emigrate.domains.contracts.enums import Channel, ContractState
from emigrate.domains.contracts.models import Consent, Contract, ReadBack
from emigrate.domains.contracts.queries import key_facts, terms_of
from emigrate.domains.contracts.workflow import CONTRACT
from emigrate.domains.emigrants import actions as emigrants
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import InvalidInput
from emigrate.foundation.transactions import action, now, today
from emigrate.law.current import pack

AT_ONCE = 500


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
    _require_all(facts, answers)
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
    read_back_at = now() if checked.all_right else case.read_back_at
    CONTRACT.amend("contract.read_back", case, actor=actor, read_back_at=read_back_at)
    return checked


def _require_all(facts: Mapping[str, str], answers: Mapping[str, str]) -> None:
    message = _("Answer all five facts.")
    missing = [name for name in facts if not answers.get(name, "").strip()]
    if missing:
        raise InvalidInput(
            [
                {"pointer": f"/answers/{name}", "code": "answer_missing", "message": message}
                for name in missing
            ]
        )


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
    same_version(case, terms_hash)
    hours: int = pack().figure("contract.cooling_off_hours", on=today()).value
    CONTRACT.take(
        "consent",
        case,
        actor=actor,
        consented_at=now(),
        think_until=now() + timedelta(hours=hours),
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
    """The emigrant declines the offer; employer and Mission see the person no longer for it."""
    case = CONTRACT.hold(Contract.objects.all(), actor=actor, verb="decline", reference=reference)
    CONTRACT.take("decline", case, actor=actor)
    _hide(case, actor)
    return case


@action
def withdraw_consent(reference: str, *, actor: Actor) -> Contract:
    """The emigrant takes the consent back while thinking it over."""
    case = CONTRACT.hold(Contract.objects.all(), actor=actor, verb="withdraw", reference=reference)
    Consent.objects.filter(contract=case, withdrawn_at=None).update(withdrawn_at=now())
    CONTRACT.take("withdraw", case, actor=actor)
    _hide(case, actor)
    return case


def _hide(case: Contract, actor: Actor) -> None:
    system = Actor.system(actor.request_id)
    emigrants.end_disclosure(case.emigrant_id, case.reference, actor=system)


@action
def lock_contract(reference: str, *, actor: Actor) -> Contract:
    """Fix the contract after the cooling-off time: the terms that are checked on arrival."""
    case = CONTRACT.hold(Contract.objects.all(), actor=actor, verb="lock", reference=reference)
    return _locked(case, actor)


@action
def lock_thought_over(*, actor: Actor) -> int:
    """Fix every contract whose cooling-off time has passed (a periodic job); how many."""
    ready = Contract.objects.filter(state=ContractState.CONSENTED, think_until__lte=now())
    cases = list(ready.order_by("think_until", "pk").select_for_update(skip_locked=True)[:AT_ONCE])
    for case in cases:
        _locked(case, actor)
    return len(cases)


def _locked(case: Contract, actor: Actor) -> Contract:
    CONTRACT.take("lock", case, actor=actor, locked_at=now())
    tell_emigrant("contract.locked", case, actor)
    return case
