"""Another day of departure: the law is asked about it before anybody relies on it."""

from copy import copy
from datetime import date
from typing import Any

from emigrate.domains.clearances.actions.check import replace_law_checks
from emigrate.domains.clearances.enums import CHECKED, ClearanceState
from emigrate.domains.clearances.facts import law_answer, missing
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.clearances.workflow import CLEARANCE
from emigrate.domains.insurance import actions as insurance
from emigrate.domains.insurance import queries as policies
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.foundation.actors import Actor
from emigrate.foundation.clock import office_date
from emigrate.foundation.errors import Blocked
from emigrate.foundation.transactions import acting, action, today


@action
def redate_clearance(
    reference: str, departs_on: date, *, actor: Actor, insure_anew: bool = False
) -> Clearance:
    """Change the planned departure; the same day again changes nothing.

    A draft takes any day that is not past. Once handed in, whatever an application needs must hold
    on the new day, and the law must find no bar that it had not found before; its checks are made
    anew, and a case under scrutiny returns to its place in the queue. A clearance that is given
    takes a day within its validity on which the law finds nothing new for an officer. Raises
    Blocked with every code at once. The contract stays the one that was accepted.
    `insure_anew`: the insurance does not fit the new day; before the decision it can be cancelled,
    its premium goes back, and nothing is approved until another policy is in force.
    """
    rows = Clearance.objects.select_related("passport", "contract", "agent", "employer")
    case = CLEARANCE.hold(rows, actor=actor, verb="redate", reference=reference)
    if departs_on == case.departs_on:
        return case
    reason = f"{case.departs_on} → {departs_on}"
    if case.state == ClearanceState.DRAFT:
        _refuse([*_out_of_time(case, departs_on)])
        return CLEARANCE.take("redate", case, actor=actor, reason=reason, departs_on=departs_on)
    if insure_anew and case.state != ClearanceState.APPROVED:
        _end_insurance(case, actor)
    answer = _asked_anew(case, departs_on, actor)
    changes: dict[str, Any] = {"departs_on": departs_on, "asked_on": today()}  # columns by name
    if case.state == ClearanceState.UNDER_SCRUTINY:
        changes["officer_id"] = None
    if case.state in CHECKED:
        replace_law_checks(case, answer, actor=actor)
    findings = answer.as_json()["findings"]
    CLEARANCE.take("redate", case, actor=actor, reason=reason, findings=findings, **changes)
    _tell(case, actor)
    return case


def _asked_anew(case: Clearance, departs_on: date, actor: Actor) -> Any:  # the pack's own Answer
    """What the law answers about the case with the new day; Blocked when it cannot be taken."""
    redated = copy(case)
    redated.departs_on = departs_on
    given = case.state == ClearanceState.APPROVED
    unmet = [*_out_of_time(case, departs_on), *missing(redated, on=today())]
    unmet = [code for code in unmet if given or code != "insurance_missing"]
    answer, _ = law_answer(redated, purpose="redate", on=today(), actor=actor)
    grave = {"block", "refer"} if given else {"block"}
    known = {(each["code"], each["severity"]) for each in case.findings}
    new = [each for each in answer.findings if (each.code, each.severity) not in known]
    unmet += [each.code for each in new if each.severity in grave]
    _refuse(unmet, answer.as_json()["findings"])
    return answer


def _out_of_time(case: Clearance, departs_on: date) -> list[str]:
    """The day is past, or the certificate will not be valid on it (a new clearance is needed)."""
    last = None if case.expires_at is None else office_date(case.expires_at)
    return [
        *(["departure_in_past"] if departs_on < today() else []),
        *(["departure_after_validity"] if last is not None and departs_on > last else []),
    ]


def _refuse(unmet: list[str], findings: Any = ()) -> None:  # the law's own shape
    if unmet:
        raise Blocked(unmet=", ".join(unmet), codes=unmet, findings=findings)


def _end_insurance(case: Clearance, actor: Actor) -> None:
    system = Actor.system(actor.request_id)
    with acting(system):
        policy = policies.policy_for(case.emigrant_id, case.contract.reference, actor=system)
    if policy is not None:
        insurance.cancel_policy(policy.reference, "departure changed", actor=system)


def _tell(case: Clearance, actor: Actor) -> None:
    system = Actor.system(actor.request_id)
    event = "clearance.redated"
    notify(Notice(event, person_id=case.emigrant_id, reference=case.reference), actor=system)
