"""Codes turned into plain words for readers; nothing here decides."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from emigrate.domains.agents.enums import AgentState
from emigrate.domains.clearances.enums import CheckOutcome, ClearanceState
from emigrate.domains.contracts.enums import ContractState
from emigrate.domains.departures.enums import CounterReason
from emigrate.domains.emigrants.enums import EmigrantState
from emigrate.domains.payments.enums import Head, OrderState
from emigrate.domains.reference import queries as reference
from emigrate.domains.reference.enums import Role
from emigrate.foundation.errors import Blocked, DomainError, InvalidInput
from emigrate.foundation.web.formats import day, moment

Text = str | Promise
DAY = timedelta(days=1)


class Chip(NamedTuple):
    """A state for the eye: a tone (done, look, wrong, plain), its sign, and the word."""

    tone: str
    sign: str
    text: Text


SIGNS = {"done": "✓", "look": "!", "wrong": "✕", "plain": "•"}

# fmt: off
UNMET: Mapping[str, Text] = {
    "emigrant_not_standing": _("The worker's registration does not stand: held, merged or ended."),
    "demand_not_standing":   _("The employer's demand does not stand as the Mission approved it."),
    "attorney_not_active":   _("The employer's power of attorney to the agent is not in force."),
    "clearance_stands":      _("The application goes on. End it first, then the fee goes back."),
    "fee_not_paid":          _("The fee for the clearance is not paid."),
    "insurance_missing":     _("The insurance (PBBY) is not issued yet."),
    "contract_changed":      _("The contract changed after this application was written."),
    "contract_not_locked":   _("The worker has not agreed for good yet."),
    "passport_missing":      _("The worker has no passport on record."),
    "passport_changed":      _("The worker has a newer passport. Write the application anew."),
    "passport_not_in_force": _("The registry says that this passport is not in force."),
    "visa_ends_before_departure": _("The visa ends before the planned departure."),
    "departure_in_past":     _("The planned departure is in the past."),
    "departure_after_validity": _("The clearance is not valid on that day. Ask for a new one."),
    "law_forbids":           _("The law forbids this: see the checks."),
    "nothing_to_look_at":    _("Nothing has changed since the approval: it stands."),
    "checks_missing":        _("The automatic checks have not run yet."),
    "read_back_missing":     _("Answer the five questions about the contract first."),
    "cooling_off":           _("The time to think it over is not past."),
    **{reason.value: reason.label for reason in CounterReason},
}
CHECKS: Mapping[str, Text] = {
    "passport_registry":     _("Passport registry"),
    "law":                   _("The law, all rules together"),
    "contract_comparison":   _("Contract compared with demand and model"),
    "person_known_twice":    _("Is this person registered twice?"),
    "insurance_disputed":    _("The insurer says otherwise of the insurance"),
    "demand_not_standing":   _("The employer took back or changed the demand"),
    "agent_stopped":         _("The agent is suspended or cancelled"),
    "employer_barred":       _("The employer is on the black list"),
    "charges_disputed":      _("Charges taken from the worker"),
    "earlier_off_load":      _("The person was not let go at an airport before"),
}
EVIDENCE: Mapping[str, Text] = {
    "result":     _("Answer"),
    "status":     _("Status"),
    "as_of":      _("As of"),
    "verdict":    _("Verdict"),
    "allowed":    _("Allowed"),
    "worse":      _("Worse than promised"),
    "references": _("Other registrations"),
    "asked":      _("Asked"),
    "state":      _("State"),
    "demand":     _("Demand"),
    "policy":     _("Insurance"),
    "dispute":    _("What differs"),
    "off_load":   _("Off-loading"),
    "code":       _("Reason"),
    "taken":      _("Charged in all, in rupees"),
    "agent":      _("The agent says"),
    "worker":     _("The worker says"),
}
TERMS: Mapping[str, Text] = {
    "wage_minor":         _("Basic pay each month"),
    "currency":           _("Currency"),
    "passport_custody":   _("Who keeps the passport"),
    "occupation":         _("Occupation (code)"),
    "workplace":          _("Place of work"),
    "deductions_minor":   _("Taken from the pay each month"),
    "recruitment_cost":   _("Who pays for recruitment"),
    "hours_per_day":      _("Hours a day"),
    "days_per_week":      _("Days a week"),
    "overtime_percent":   _("Overtime pay, percent"),
    "accommodation":      _("Place to live"),
    "food":               _("Food"),
    "medical":            _("Medical care"),
    "ticket_home":        _("Who pays the ticket home"),
    "ticket_out":         _("Who pays the ticket there"),
    "clauses":            _("Matters that the contract settles"),
    "transport":          _("Way to work"),
    "leave_days_per_year": _("Days of leave a year"),
    "months":             _("Months"),
    "notice_days":        _("Days of notice"),
    "probation_months":   _("Months of trial"),
    "title":              _("Job"),
}
VALUES: Mapping[str, Text] = {
    "provided":  _("Given by the employer"),
    "allowance": _("Paid in money"),
    "none":      _("Not given"),
    "employer":  _("The employer"),
    "emigrant":  _("You, the worker"),
    "shared":    _("Both, in parts"),
}
PARTY: Mapping[str, Text] = {**VALUES, "emigrant": _("The worker")}
HEADS: Mapping[str, Text] = {
    "service":          _("Service charge"),
    "advertisement":    _("Advertisement"),
    "trade_test":       _("Trade test"),
    "attestation":      _("Attestation of papers"),
    "interview_travel": _("Travel to the interview"),
    "guarantee_cost":   _("Cost of the guarantee"),
    "cancellation":     _("Cancellation"),
    "administration":   _("Office costs"),
    "visa":             _("Visa"),
    "medical":          _("Medical test"),
    "ticket":           _("Air ticket"),
    "boarding":         _("Food and lodging"),
    "gst":              _("Tax (GST)"),
}
STEPS: Mapping[str, Text] = {
    "clearance.created":                 _("Application written"),
    "clearance.submitted":               _("Handed in"),
    "clearance.in_checks":               _("Automatic checks began"),
    "clearance.waiting_for_passport_registry": _("Waiting for the passport registry"),
    "clearance.queued":                  _("Checked; waiting for an officer"),
    "clearance.taken_up":                _("An officer took the case"),
    "clearance.put_back":                _("Given back to the queue"),
    "clearance.queried":                 _("The office asks a question"),
    "clearance.answered":                _("The question was answered"),
    "clearance.referred":                _("Advice asked for"),
    "clearance.advised":                 _("Advice given"),
    "clearance.held":                    _("Held"),
    "clearance.released":                _("Goes on"),
    "clearance.reassigned":              _("Given to another office"),
    "clearance.redated":                 _("Planned departure changed"),
    "clearance.approved":                _("Clearance given"),
    "clearance.rejected":                _("Rejected"),
    "clearance.withdrawn":               _("Taken back"),
    "clearance.lapsed":                  _("Closed, because no answer came"),
    "clearance.suspended":               _("Suspended"),
    "clearance.restore_proposed":        _("Lifting of the suspension proposed"),
    "clearance.restored":                _("Suspension lifted"),
    "clearance.checked_again":           _("Something changed; checked again"),
    "clearance.upheld":                  _("Looked at again; it stands"),
    "clearance.cancelled":               _("Cancelled"),
    "clearance.used":                    _("Departed"),
    "clearance.expired":                 _("Time ended"),
    "clearance.escalated":               _("Late: passed to the desk above"),
}
STATES: Mapping[str, type[TextChoices]] = {
    "clearance": ClearanceState, "contract": ContractState, "emigrant": EmigrantState,
    "agent": AgentState, "payment": OrderState,
}
ROLES: Mapping[str, Text] = {**dict(Role.choices), "": _("Nobody")}
TONES: Mapping[str, str] = {
    "approved": "done", "used": "done", "locked": "done", "consented": "done",
    "success": "done", "settled": "done", "refunded": "done", "refund_referred": "look",
    "acknowledged": "done", "matched": "done", "registered": "done", "active": "done",
    "queried": "look", "referred": "look", "held": "look", "suspended": "look",
    "several": "look", "offered": "look", "pending": "look", "service_down": "look",
    "rejected": "wrong", "cancelled": "wrong", "lapsed": "wrong", "expired": "wrong",
    "withdrawn": "wrong", "declined": "wrong", "void": "wrong", "not_found": "wrong",
    "mismatch": "wrong", "revoked": "wrong", "surrendered": "wrong",
}
OUTCOMES: Mapping[str, str] = {
    CheckOutcome.PASS: "done", CheckOutcome.NOTE: "plain", CheckOutcome.WARN: "look",
    CheckOutcome.REFER: "look", CheckOutcome.UNAVAILABLE: "look", CheckOutcome.BLOCK: "wrong",
}
# fmt: on

NEXT: Mapping[str, Text] = {
    ClearanceState.DRAFT: _("Your agent must hand it in."),
    ClearanceState.SUBMITTED: _("The platform checks the papers now. You need not do anything."),
    ClearanceState.IN_CHECKS: _("The platform checks the papers now. You need not do anything."),
    ClearanceState.QUEUED: _("An officer will look at it. You need not do anything."),
    ClearanceState.UNDER_SCRUTINY: _("An officer looks at it. You need not do anything."),
    ClearanceState.QUERIED: _("Your agent must answer the question. Ask your agent."),
    ClearanceState.REFERRED: _("The office waits for advice. You need not do anything."),
    ClearanceState.HELD: _("The case waits. The reason stands below."),
    ClearanceState.APPROVED: _("You may leave. Take the card to the airport."),
    ClearanceState.REJECTED: _("You may appeal. The order says how and until when."),
    ClearanceState.SUSPENDED: _("Do not travel now. Ask the office."),
    ClearanceState.CANCELLED: _("Do not travel. Ask the office."),
    ClearanceState.EXPIRED: _("The time is over. Ask your agent for a new one."),
}
"""What happens next, said to the worker."""


def role(code: str) -> str:
    """Who it is, by the role's name."""
    return str(ROLES.get(code, code))


def holder(code: str) -> str:
    """Who holds a case, said to the worker."""
    return str(_("You")) if code == Role.EMIGRANT else role(code)


def country(alpha3: str) -> str:
    """The country's name in the reader's language, as far as it is known."""
    found = reference.country(alpha3)
    return found.name_hi if get_language() == "hi" and found.name_hi else found.name


def check(code: str) -> str | None:
    """The name of an automatic check; None for a rule of the law, whose finding speaks itself."""
    return str(CHECKS[code]) if code in CHECKS else None


def paid_for(code: str) -> str:
    """What an order pays for."""
    return str(Head(code).label)


def head(code: str) -> str:
    """What a charge is for."""
    return str(HEADS.get(code, code))


def step(event: str) -> str:
    """What happened, in a history."""
    return str(STEPS.get(event, event))


def checked_again(reason: str) -> str:
    """Which check changed, and what it says now."""
    code, _colon, found = reason.partition(": ")
    return f"{check(code) or code}: {outcome(found).text}" if found in OUTCOMES else reason


def state(kind: str, code: str) -> Chip:
    """Where a case of a kind stands."""
    return chip(code, STATES[kind](code).label)


def chip(state: str, text: Text) -> Chip:
    """A state with its tone and sign."""
    tone = TONES.get(state, "plain")
    return Chip(tone, SIGNS[tone], text)


def outcome(code: str) -> Chip:
    """What a check found, with its tone and sign."""
    tone = OUTCOMES[code]
    return Chip(tone, SIGNS[tone], CheckOutcome(code).label)


def gravest(codes: Iterable[str]) -> Chip:
    """What the checks found, in one chip; `codes` come gravest first."""
    found = next(iter(codes), CheckOutcome.UNAVAILABLE.value)
    if OUTCOMES[found] in {"done", "plain"}:
        return Chip("done", SIGNS["done"], _("All passed"))
    return outcome(found)


def until(due_at: datetime | None, now: datetime) -> Chip | None:
    """How much time a desk has left; None where no clock runs."""
    if due_at is None:
        return None
    text = _("Late since %(day)s") if due_at < now else _("Until %(day)s")
    tone = "wrong" if due_at < now else "look" if due_at - now <= DAY else "done"
    return Chip(tone, SIGNS[tone], str(text) % {"day": day(due_at)})


def next_step(state: str) -> str:
    """What happens next, said to the worker; empty where nothing does."""
    return str(NEXT.get(ClearanceState(state), ""))


def evidence(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The evidence of a check as names and values; rules of the law are shown by their text."""
    return [(str(EVIDENCE[name]), _plain(name, facts[name])) for name in EVIDENCE if name in facts]


def _plain(name: str, value: Any) -> str:
    if name == "as_of":
        return moment(datetime.fromisoformat(value))
    if name == "code":
        return str(BARRED.get(value, value))
    return plain(value)


def plain(value: Any) -> str:
    """A value of a check or figure, in words."""
    if isinstance(value, bool):
        return str(YES if value else NO)
    if isinstance(value, list):
        return ", ".join(str(TERMS.get(each, each)) for each in value) or str(NOTHING)
    return str(value) if value is not None else str(NOTHING)


BARRED: Mapping[str, Text] = {"charges_above_cap": _("More was charged than the law allows")}
"""Codes that stand in the evidence of a check."""

YES, NO = pgettext_lazy("answer", "Yes"), pgettext_lazy("answer", "No")
NOTHING = pgettext_lazy("list", "Nothing")


def sentences(error: DomainError) -> list[str]:
    """A refusal in plain sentences: one for each thing that is missing or forbidden."""
    if isinstance(error, InvalidInput):
        return [wrong["message"] for wrong in error.errors] or [error.message]
    if not isinstance(error, Blocked):
        return [error.message]
    found = {each["code"]: each["text"] for each in error.facts.get("findings", ())}
    codes: Iterable[str] = error.facts.get("codes", ())
    said = [str(UNMET.get(code) or found.get(code) or code) for code in codes]
    return said or [error.message]


FEE, INSURANCE = _("Fee of the clearance paid"), _("Insurance (PBBY) issued")
