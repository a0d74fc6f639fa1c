"""What a contract needs insured, its quotation, and the premium that arrives."""

from dataclasses import asdict, dataclass
from datetime import date

from django.utils.translation import gettext as _

from emigrate.domains.emigrants import queries as emigrants
from emigrate.domains.insurance.actions.jobs import ask_insurer
from emigrate.domains.insurance.enums import LIVE, PolicyState
from emigrate.domains.insurance.facts import Terms, quoted_terms
from emigrate.domains.insurance.models import Cover, Policy
from emigrate.domains.insurance.policies import POLICY_POLICY
from emigrate.domains.insurance.queries import covers_for, policies_for
from emigrate.domains.insurance.workflow import HEAD, POLICY, SUBJECT
from emigrate.domains.payments import actions as payments
from emigrate.domains.payments.actions import NewOrder
from emigrate.domains.reference.enums import AGENT_ROLES, HOME_CURRENCY
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import (
    AlreadyExists,
    Blocked,
    InvalidInput,
    NotFound,
    WrongState,
)
from emigrate.foundation.identifiers.numbering import next_reference
from emigrate.foundation.transactions import action, refused_by, today

LARGEST_COVER = 10**13

refused_by("one_live_policy_a_contract", AlreadyExists)


@dataclass(frozen=True, slots=True)
class NewCover:
    """What a fixed contract needs insured: whom, where, and for how many months."""

    contract_reference: str
    person_id: int
    agency_id: int
    office: str
    country: str
    employer_reference: str
    months: int
    starts_on: date | None = None


@action
def note_cover(new: NewCover, *, actor: Actor) -> Cover:
    """Note what a fixed contract needs insured; the same contract again changes nothing."""
    POLICY_POLICY.require_role(actor, "ask")
    values = asdict(new)
    reference = values.pop("contract_reference")
    cover, _made = Cover.objects.get_or_create(contract_reference=reference, defaults=values)
    return cover


@action
def quote_policy(
    contract_reference: str, *, actor: Actor, cover_from: date | None = None
) -> Policy:
    """Quote for a fixed contract and open the order for its premium; the quote that stands again.

    `cover_from` is the planned departure; without it the contract's first day, else today. The
    agency pays when it asks, else the person. Raises NotFound, InvalidInput, AlreadyExists (paid
    for already), OrderStands or Blocked (no nominee, no telephone, no passport).
    """
    POLICY_POLICY.require_role(actor, "quote")
    cover = _cover(contract_reference, actor)
    _require_insurable(cover, actor)
    first = cover_from or max(cover.starts_on or today(), today())
    if first < today():
        raise InvalidInput.at("/cover_from", "cover_in_the_past", _("Name today or a later day."))
    terms = quoted_terms(cover, first)
    standing = _standing(contract_reference, actor)
    if standing is None:
        return _quoted(cover, terms, actor)
    return _quoted_again(standing, terms, actor)


@action
def mark_paid(reference: str, *, actor: Actor) -> Policy:
    """The premium has arrived (the gateway's word): the insurer is asked, once this commits."""
    case = POLICY.hold(Policy.objects.all(), actor=actor, verb="pay", reference=reference)
    POLICY.take("pay", case, actor=actor)
    ask_insurer(reference)
    return case


@action
def record_life_cover(
    reference: str, amount_minor: int, policy_number: str, *, actor: Actor
) -> Policy:
    """Record a further life insurance, which some countries ask for, in paise (0: none)."""
    if not 0 <= amount_minor <= LARGEST_COVER:
        message = _("Write the sum insured; nothing or more.")
        raise InvalidInput.at("/amount", "amount_out_of_range", message)
    if bool(policy_number.strip()) != bool(amount_minor):
        message = _("Write the number of the life policy with its sum.")
        raise InvalidInput.at("/policy_number", "policy_number_missing", message)
    case = POLICY.lock(Policy.objects.all(), actor=actor, permission="quote", reference=reference)
    POLICY_POLICY.require(actor, "quote", case)
    if case.state not in LIVE:
        raise WrongState(verb="record_life_cover", state=case.state)
    return POLICY.amend(
        "policy.life_cover",
        case,
        actor=actor,
        life_cover_minor=amount_minor,
        life_policy_number=policy_number.strip(),
    )


def _cover(contract_reference: str, actor: Actor) -> Cover:
    rows = covers_for(actor).filter(contract_reference=contract_reference, ended_at=None)
    cover = rows.first()
    if cover is None:
        raise NotFound(subject="contract")
    return cover


def _require_insurable(cover: Cover, actor: Actor) -> None:
    emigrant = emigrants.emigrants_for(actor).filter(pk=cover.person_id).first()
    if emigrant is None:
        raise NotFound(subject="emigrant")
    contact = emigrants.contact_of(emigrant)
    wanted = {
        "nominee_missing": contact.nominee,
        "phone_missing": contact.phone,
        "passport_missing": emigrants.current_passport(cover.person_id),
    }
    if unmet := [code for code, value in wanted.items() if not value]:
        raise Blocked(unmet=", ".join(unmet), codes=unmet)


def _standing(contract_reference: str, actor: Actor) -> Policy | None:
    rows = policies_for(actor).filter(contract_reference=contract_reference, state__in=LIVE)
    return rows.select_for_update(of=("self",)).first()


def _quoted(cover: Cover, terms: Terms, actor: Actor) -> Policy:
    case = Policy(
        reference=next_reference("IP"),
        cover=cover,
        person_id=cover.person_id,
        contract_reference=cover.contract_reference,
        agency_id=cover.agency_id,
        office=cover.office,
        country=cover.country,
        **asdict(terms),
    )
    case.order_reference = _ordered(case, terms, actor)
    return POLICY.begin(case, actor=actor)


def _quoted_again(case: Policy, terms: Terms, actor: Actor) -> Policy:
    """The same terms: the quote as it stands. Others: written into it, while nothing is paid."""
    if case.state != PolicyState.QUOTED:
        raise AlreadyExists(reference=case.reference)
    order = _ordered(case, terms, actor)
    changes = {**asdict(terms), "order_reference": order}
    if all(getattr(case, name) == value for name, value in changes.items()):
        return case
    return POLICY.amend("policy.quoted_again", case, actor=actor, **changes)


def _ordered(case: Policy, terms: Terms, actor: Actor) -> str:
    order = payments.open_order(
        NewOrder(
            head=HEAD,
            amount_minor=terms.premium_minor,
            currency=HOME_CURRENCY,
            subject_kind=SUBJECT,
            subject_reference=case.reference,
            person_id=case.person_id,
            payer_organisation_id=actor.organisation_id if actor.role in AGENT_ROLES else None,
        ),
        actor=actor,
    )
    return order.reference
