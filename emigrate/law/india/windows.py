"""Windows and periods that other parts ask below the command: renewals, suspensions, appeals.

A day counted "from" an event leaves the day of the event out (General Clauses Act, 1897, s.9):
day 31 of a suspension is 31 days after the day of the order.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from emigrate.law.engine.figures import figure
from emigrate.law.engine.findings import Finding, finding


def renewal_window(expires: date, filed: date) -> list[Finding]:
    """A renewal is filed in time, late (cause must be shown), or too late (register afresh)."""
    lead = figure("ra.renewal.lead_days", on=filed)
    if filed > expires:
        return [finding("renewal_after_expiry", "block", lead, expires=expires)]
    if (expires - filed).days < lead.value:
        last = expires - timedelta(days=lead.value)
        return [finding("renewal_late", "refer", lead, expires=expires, last=last)]
    return []


def suspension_standing(suspended_on: date, on: date, order_extended: bool) -> list[Finding]:  # noqa: FBT001 - the order decides
    """While the suspension stands it blocks; after its days without an order it must be decided."""
    if on < suspended_on:
        return []
    most = figure("suspension.max_days", on=suspended_on)
    day = (on - suspended_on).days
    if day > most.value and not order_extended:
        return [finding("suspension_lapsed", "refer", most, day=day, most=most.value)]
    standing = [finding("suspension_stands", "block", most, since=suspended_on)]
    reply = figure("scn.reply_days", on=suspended_on)
    if day > reply.value and not order_extended:
        standing.append(finding("show_cause_due", "warn", reply, days=reply.value))
    return standing


def appeal_window(order_on: date, filed: date) -> list[Finding]:
    """An appeal after the days is taken only with a petition to condone the delay."""
    most = figure("appeal.days", on=order_on)
    last = order_on + timedelta(days=most.value)
    if filed <= last:
        return []
    return [finding("appeal_late", "refer", most, last=last, days=most.value)]


def duplicate_open(open_cases: int, *, on: date) -> list[Finding]:
    """A person with an application still open may not file another."""
    most = figure("ec.open_per_person", on=on)
    if open_cases < most.value:
        return []
    return [finding("clearance_already_open", "block", most)]


def demand_expiry(approved_on: date, small_employer: bool) -> date:  # noqa: FBT001 - a fact of the employer
    """The last day on which the demand stands; the day after it expires and frees vacancies."""
    key = "demand.small.days" if small_employer else "demand.days"
    days: int = figure(key, on=approved_on).value
    return approved_on + timedelta(days=days)


def clearance_validity(issued: date, visa_expires: date | None) -> date:
    """The last day on which a clearance can be used: its own period, or the visa's if earlier."""
    days: int = figure("ec.validity_days", on=issued).value
    last = issued + timedelta(days=days)
    return last if visa_expires is None else min(last, visa_expires)


WORKING = {"working day": True, "day": False}
"""The units of a service level, and whether they are days on which the office is open."""


class Level(NamedTuple):
    """The period of a service level: calendar days, or with `working` the office's working days."""

    days: int
    working: bool


def service_days(key: str) -> Callable[[date], Level]:
    """The period of a service level, as "clearance.decision", on a day to be named.

    In the figure's own unit. A period in calendar days whose last day the office is closed ends on
    the next day on which it is open (General Clauses Act, 1897, s.10). Raises `UnknownFigure` for
    no such level.
    """

    def on(day: date) -> Level:
        found = figure(f"sla.{key}", on=day)
        return Level(found.value, working=WORKING[found.unit])

    return on
