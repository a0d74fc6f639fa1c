"""What the agent's pages show, read once and ready for the template."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from emigrate.domains.agents import queries as agents
from emigrate.domains.agents.models import Agent
from emigrate.domains.clearances import queries as clearances
from emigrate.domains.clearances.enums import OPEN, ClearanceState
from emigrate.domains.clearances.facts import missing
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.contracts import queries as contracts
from emigrate.domains.contracts.enums import ContractState
from emigrate.domains.contracts.models import Contract
from emigrate.domains.demands import queries as demands
from emigrate.domains.demands.models import Allotment
from emigrate.domains.emigrants import queries as emigrants
from emigrate.domains.emigrants.models import Emigrant
from emigrate.domains.payments.enums import Head
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import now, today
from emigrate.law.current import pack
from emigrate.portals import words
from emigrate.portals.worker.reading import Happened

SHOWN = 20


class Worker(NamedTuple):
    """One linked person."""

    row: Emigrant
    name: str
    chip: words.Chip


class Filed(NamedTuple):
    """One clearance: its state, who holds it and until when."""

    row: Clearance
    name: str
    chip: words.Chip
    holder: str
    clock: words.Chip | None


class Agreed(NamedTuple):
    """One contract; `ready` when an application can be written on it."""

    row: Contract
    name: str
    chip: words.Chip
    ready: bool


class Needed(NamedTuple):
    """One thing that an application needs before it is handed in."""

    text: str
    done: bool


class Desk(NamedTuple):
    """Everything on the agent's first page."""

    agent: Agent | None
    workers: list[Worker]
    vacancies: list[Allotment]
    contracts: list[Agreed]
    clearances: list[Filed]


def desk_of(actor: Actor) -> Desk:
    """The newest rows of each kind."""
    linked = list(emigrants.emigrants_for(actor).order_by("-id")[:SHOWN])
    names = _names([row.pk for row in linked], actor)
    rows = clearances.clearances_for(actor).select_related("agent").order_by("-id")[:SHOWN]
    return Desk(
        agent=agents.agents_for(actor).order_by("-id").first(),
        workers=[
            Worker(row, names.get(row.pk, ""), words.state("emigrant", row.state)) for row in linked
        ],
        vacancies=list(demands.open_allotments(actor).order_by("-id")[:SHOWN]),
        contracts=_contracts(actor, names),
        clearances=[_filed(row, names.get(row.emigrant_id, "")) for row in rows],
    )


def _names(person_ids: Sequence[int], actor: Actor) -> dict[int, str]:
    return emigrants.names(person_ids, actor=actor, purpose="agent-list")


def _contracts(actor: Actor, names: dict[int, str]) -> list[Agreed]:
    rows = list(contracts.contracts_for(actor).select_related("employer").order_by("-id")[:SHOWN])
    taken = clearances.clearances_for(actor).filter(contract__in=rows, state__in=OPEN)
    busy = set(taken.values_list("contract_id", flat=True))
    return [
        Agreed(
            row,
            names.get(row.emigrant_id, ""),
            words.state("contract", row.state),
            row.state == ContractState.LOCKED and row.pk not in busy,
        )
        for row in rows
    ]


def _filed(row: Clearance, name: str) -> Filed:
    chip = words.state("clearance", row.state)
    return Filed(row, name, chip, words.role(row.held_by), words.until(row.due_at, now()))


def filed(reference: str, actor: Actor) -> Filed:
    """One clearance of the agency."""
    row = clearances.clearance(reference, actor=actor)
    return _filed(row, _names([row.emigrant_id], actor).get(row.emigrant_id, ""))


def needed(row: Clearance) -> list[Needed]:
    """What must be there before the application can be handed in; what is missing is said."""
    unmet = missing(row, on=today())
    always = {"fee_not_paid": words.FEE, "insurance_missing": words.INSURANCE}
    return [
        *(Needed(str(text), code not in unmet) for code, text in always.items()),
        *(Needed(str(words.UNMET[code]), done=False) for code in unmet if code not in always),
    ]


def on_withdrawal(row: Clearance) -> str:
    """What the law says becomes of fee and insurance when the application is taken back."""
    lines = [_("Fee of the clearance: %(rule)s") % {"rule": _money_back(Head.EC_FEE)}]
    if row.submitted_at is not None:
        lines.append(_("Insurance: %(rule)s") % {"rule": _money_back(Head.PBBY_PREMIUM)})
    return " ".join(lines)


def _money_back(head: Head) -> str:
    found = pack().money_back(head.value, ClearanceState.WITHDRAWN.value, today())
    return str(found.translated(get_language()))


def history(row: Clearance) -> list[Happened]:
    """What happened, with the reasons that were written for the applicant."""
    return [
        Happened(
            leaf.at,
            words.step(leaf.event),
            words.role(leaf.actor_role),
            leaf.reason if leaf.event in clearances.TOLD else "",
        )
        for leaf in clearances.history_of(row)
    ]
