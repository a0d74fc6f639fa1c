"""What the worker's pages show, read once and ready for the template."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from emigrate.domains.clearances import queries as clearances
from emigrate.domains.clearances.enums import ClearanceState
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.contracts import queries as contracts
from emigrate.domains.contracts.enums import ContractState
from emigrate.domains.contracts.models import Contract
from emigrate.domains.contracts.queries import Terms
from emigrate.domains.emigrants import queries as emigrants
from emigrate.domains.notifications import queries as notifications
from emigrate.domains.payments import queries as payments
from emigrate.domains.payments.enums import OrderState
from emigrate.domains.payments.models import Charge
from emigrate.domains.reference import queries as reference
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import now
from emigrate.foundation.web.formats import money
from emigrate.portals import words

SHOWN_NOTICES = 10
WITH_CARD = (ClearanceState.APPROVED, ClearanceState.SUSPENDED, ClearanceState.USED)
TOLD_WHY = frozenset(
    f"clearance.{verb}"
    for verb in ("queried", "held", "rejected", "withdrawn", "suspended", "cancelled", "redated")
)
"""Steps of which the worker reads the reason: it was written for the applicant."""


class Task(NamedTuple):
    """One line of the list: what it is, where it leads, how it stands; `now` marks the next."""

    title: str | Promise
    about: str
    page: str
    key: str | int
    chip: words.Chip
    now: bool


class Notice(NamedTuple):
    """One message, in the reader's language."""

    at: datetime
    text: str


class Happened(NamedTuple):
    """One line of a timeline."""

    at: datetime
    what: str
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on the card beside the QR."""

    name: str
    passport_number: str
    job: str
    country: str
    employer: str
    agent: str
    not_before: date | None
    expires: date | None


def tasks_of(actor: Actor) -> list[Task]:
    """What the worker has to do or to wait for; what to do now first."""
    found = [*_contract_tasks(actor), *_charge_tasks(actor), *_clearance_tasks(actor)]
    return sorted(found, key=lambda task: not task.now)


def _contract_tasks(actor: Actor) -> list[Task]:
    states = (ContractState.OFFERED, ContractState.CONSENTED, ContractState.LOCKED)
    rows = contracts.contracts_for(actor).filter(state__in=states).select_related("employer")
    return [
        Task(
            _("Your job offer") if row.state == ContractState.OFFERED else _("Your contract"),
            row.employer.name,
            "worker:contract",
            row.reference,
            words.chip(row.state, CONTRACT_WORDS[ContractState(row.state)]),
            row.state == ContractState.OFFERED,
        )
        for row in rows.order_by("-id")
    ]


CONTRACT_WORDS = {
    ContractState.OFFERED: _("Do this now"),
    ContractState.CONSENTED: _("You can still say no"),
    ContractState.LOCKED: _("Fixed"),
}


def _charge_tasks(actor: Actor) -> list[Task]:
    rows = payments.charges_for(actor).filter(worker_answered_at=None).select_related("agency")
    chip = words.chip("offered", _("Do this now"))
    return [
        Task(_("Say what you paid"), words.head(row.head), "worker:charge", row.pk, chip, True)  # noqa: FBT003 - the column `now`
        for row in rows.order_by("pk")
    ]


def _clearance_tasks(actor: Actor) -> list[Task]:
    rows = clearances.clearances_for(actor).order_by("-id")
    return [
        Task(
            _("Your clearance to leave for work"),
            words.country(row.country),
            "worker:clearance",
            row.reference,
            words.state("clearance", row.state),
            now=False,
        )
        for row in rows
    ]


def notices_of(actor: Actor) -> list[Notice]:
    """The newest messages."""
    rows = notifications.notifications_for(actor)[:SHOWN_NOTICES]
    return [Notice(row.created_at, notifications.words(row)) for row in rows]


def offer(reference_: str, actor: Actor) -> tuple[Contract, Terms]:
    """A contract and the terms that stand."""
    case = contracts.contract(reference_, actor=actor)
    return case, contracts.terms_of(case.pk)


def plain_terms(terms: Terms) -> list[tuple[str | Promise, object]]:
    """The terms as questions that a worker asks, with their answers."""
    nothing = _("Nothing")
    taken = money(terms.deductions_minor, terms.currency) if terms.deductions_minor else nothing
    return [
        (_("What is the job?"), terms.title),
        (_("Where do you work?"), terms.workplace),
        (_("How much pay each month?"), money(terms.wage_minor, terms.currency)),
        (_("What is taken from the pay each month?"), taken),
        (_("How many hours each day?"), terms.hours_per_day),
        (_("How many days each week?"), terms.days_per_week),
        (_("How long?"), _months(terms.months)),
        (_("How many days of leave a year?"), terms.leave_days_per_year),
        (_("Food"), words.VALUES[terms.food]),
        (_("Place to live"), words.VALUES[terms.accommodation]),
        (_("Doctor and medicine"), words.VALUES[terms.medical]),
        (_("Way to work"), words.VALUES[terms.transport]),
        (_("Who pays the ticket there?"), words.VALUES[terms.ticket_out]),
        (_("Who pays the ticket home?"), words.VALUES[terms.ticket_home]),
        (_("Who pays for finding you?"), words.VALUES[terms.recruitment_cost]),
        (_("Who keeps your passport?"), words.VALUES[terms.passport_custody]),
    ]


def _months(months: int) -> str:
    return str(_("%(months)s months")) % {"months": months}


def possible_answers(case: Contract, terms: Terms) -> dict[str, list[str]]:
    """Names to choose from when the facts are read back: true ones, of this very contract."""
    office = case.agent.office
    return {
        "employers": [case.employer.name, case.agent.legal_name],
        "places": [terms.workplace, next(x.city for x in reference.offices() if x.code == office)],
    }


def charge_of(charge_id: int, actor: Actor) -> Charge | None:
    """One charge that the worker has not answered yet; None when there is none."""
    rows = payments.charges_for(actor).select_related("agency")
    return rows.filter(pk=charge_id).first()


def timeline(case: Clearance) -> list[Happened]:
    """What happened to a clearance, oldest first."""
    return [
        Happened(
            leaf.at,
            words.step(leaf.event),
            words.role(leaf.actor_role),
            leaf.reason if leaf.event in TOLD_WHY else "",
        )
        for leaf in clearances.history_of(case)
    ]


class Paid(NamedTuple):
    """One payment of a clearance and what becomes of it; `why` when an officer decided."""

    what: str
    amount: str
    chip: words.Chip
    why: str


def payments_of(case: Clearance, actor: Actor) -> list[Paid]:
    """What was ordered or paid for a clearance, as far as the reader may see it."""
    return [
        Paid(
            words.paid_for(order.head),
            money(order.amount_minor, order.currency),
            words.state("payment", order.state),
            payments.last_reason(order) if order.state == OrderState.KEPT else "",
        )
        for order in payments.orders_of("clearance", case.reference, actor)
    ]


def card_of(case: Clearance, actor: Actor) -> Card:
    """The readable half of the card; the reading of the person's fields is recorded."""
    person = emigrants.personal(case.emigrant_id, actor=actor, purpose="card")
    return Card(
        name=person.full_name,
        passport_number=person.passport_number,
        job=contracts.terms_of(case.contract_id).title,
        country=words.country(case.country),
        employer=case.employer.name,
        agent=case.agent.legal_name,
        not_before=case.not_before,
        expires=case.expires_at,
    )


def clock(case: Clearance) -> words.Chip | None:
    """Until when the desk has time."""
    return words.until(case.due_at, now())
