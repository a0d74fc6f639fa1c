"""What the officer's pages show, read once and ready for the template."""

from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.utils.translation import override

from emigrate.domains.clearances import queries as clearances
from emigrate.domains.clearances.enums import CheckOutcome, Ground
from emigrate.domains.clearances.models import Check, Clearance
from emigrate.domains.contracts import queries as contracts
from emigrate.domains.contracts.queries import Difference
from emigrate.domains.emigrants import queries as emigrants
from emigrate.domains.emigrants.queries import Personal
from emigrate.domains.notifications import queries as notifications
from emigrate.domains.reference import queries as reference
from emigrate.foundation.actors import Actor
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting, now
from emigrate.foundation.web.formats import money_text
from emigrate.portals import words
from emigrate.portals.worker.reading import Happened

GRAVE = (
    CheckOutcome.BLOCK,
    CheckOutcome.REFER,
    CheckOutcome.UNAVAILABLE,
    CheckOutcome.WARN,
)
CHECKED_AGAIN = "clearance.checked_again"
MONEY = frozenset({"wage_minor", "deductions_minor"})


class Waiting(NamedTuple):
    """One line of the queue."""

    row: Clearance
    job: str
    country: str
    worst: words.Chip
    clock: words.Chip | None


class Seen(NamedTuple):
    """One automatic check, with its evidence and where the law says so."""

    row: Check
    name: str | None
    chip: words.Chip
    evidence: list[tuple[str, str]]


class Compared(NamedTuple):
    """One term in demand, contract and model, in words."""

    name: str
    demand: str
    contract: str
    model: str
    harm: int
    same: bool


class File(NamedTuple):
    """Everything on the page of a case."""

    row: Clearance
    person: Personal
    job: str
    chip: words.Chip
    holder: str
    clock: words.Chip | None
    checks: list[Seen]
    clean: bool
    compared: list[Compared]
    history: list[Happened]


def queue_after(reference_: str, actor: Actor) -> list[Waiting]:
    """One page of the queue, first come first; what follows the named case."""
    after: tuple[datetime, int] | None = None
    if reference_:
        last = clearances.clearance(reference_, actor=actor)
        after = (last.priority_at, last.pk) if last.priority_at else None
    return _lines(clearances.scrutiny_queue(actor, after=after))


def desk_of(actor: Actor) -> list[Waiting]:
    """What the officer has taken up and not decided."""
    return _lines(list(clearances.on_the_desk(actor)))


def again_of(actor: Actor) -> list[Waiting]:
    """Approved clearances that the office has to look at again."""
    return _lines(list(clearances.to_look_at_again(actor)[: clearances.QUEUE_PAGE]))


def _lines(rows: list[Clearance]) -> list[Waiting]:
    prefetch_related_objects(rows, "checks", "agent", "employer")
    return [
        Waiting(
            row,
            reference.occupation(row.occupation).title,
            words.country(row.country),
            _worst(row),
            words.until(row.due_at, now()),
        )
        for row in rows
    ]


def _worst(row: Clearance) -> words.Chip:
    return words.gravest(check.outcome for check in clearances.checks_of(row))


def file_of(reference_: str, actor: Actor) -> File:
    """A case of the officer's office; the reading of the person's fields is recorded."""
    row = clearances.clearance(reference_, actor=actor)
    checks = clearances.checks_of(row)
    return File(
        row=row,
        person=emigrants.personal(row.emigrant_id, actor=actor, purpose="scrutiny"),
        job=reference.occupation(row.occupation).title,
        chip=words.state("clearance", row.state),
        holder=words.role(row.held_by),
        clock=words.until(row.due_at, now()),
        checks=[_seen(check) for check in checks],
        clean=bool(checks) and not any(check.outcome in GRAVE for check in checks),
        compared=compared(row, actor),
        history=[
            Happened(leaf.at, words.step(leaf.event), words.role(leaf.actor_role), _why(leaf))
            for leaf in clearances.history_of(row)
        ],
    )


def _why(leaf: AuditLeaf) -> str:
    return words.checked_again(leaf.reason) if leaf.event == CHECKED_AGAIN else leaf.reason


def _seen(check: Check) -> Seen:
    facts: dict[str, Any] = check.evidence  # JSON as the check kept it
    return Seen(check, words.check(check.code), words.outcome(check.outcome), words.evidence(facts))


def compared(row: Clearance, actor: Actor) -> list[Compared]:
    """Demand, contract and model side by side, the gravest loss for the worker first.

    Read as the platform, for a case that the officer was shown to hold: offices do not see
    allotments, through which a contract leads to its demand.
    """
    with acting(Actor.system(actor.request_id)):
        found = contracts.compare(row.contract_id)
        currency = contracts.terms_of(row.contract_id).currency
    promised = contracts.promised_currency(found, currency)
    return [_compared(each, currency, promised) for each in found]


def _compared(each: Difference, currency: str, promised: str) -> Compared:
    against = each.demand if each.demand is not None else each.model
    return Compared(
        name=str(words.TERMS[each.term]),
        demand=_value(each.term, each.demand, promised),
        contract=_value(each.term, each.contract, currency),
        model=_value(each.term, each.model, currency),
        harm=each.harm,
        same=against is None or _plain(against) == _plain(each.contract),
    )


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list | tuple) else value


def _value(term: str, value: Any, currency: str) -> str:
    if value is None:
        return "–"
    if term in MONEY:
        return money_text(value, currency)
    if isinstance(value, list | tuple):
        return ", ".join(sorted(value))
    if isinstance(value, str) and value in words.PARTY:
        return str(words.PARTY[value])
    return str(value)


class Told(NamedTuple):
    """What the worker will read, in the worker's language."""

    language: str
    notice: str
    ground: str
    order: str


def told(file: File, order: str, ground: str) -> Told:
    """The notice, the ground and the order as they will reach the worker."""
    language = file.person.language if file.person.language in dict(settings.LANGUAGES) else "en"
    with override(language):
        notice = str(notifications.WORDS["clearance.rejected"])
        return Told(
            language,
            notice % {"reference": file.row.reference},
            str(Ground(ground).label),
            order,
        )
