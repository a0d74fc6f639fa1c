"""The automatic checks: recorded with their evidence, never deciding."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from emigrate.domains.clearances.enums import (
    CHARGES_CHECK,
    CONTRACT_CHECK,
    DATELESS_CHECKS,
    INSURANCE_CHECK,
    OFF_LOAD_CHECK,
    PASSPORT_CHECK,
    PERSON_CHECK,
    CheckOutcome,
    ClearanceState,
)
from emigrate.domains.clearances.facts import (
    charges_doubt,
    insurance_doubt,
    law_answer,
    personal_of,
)
from emigrate.domains.clearances.models import Check, Clearance
from emigrate.domains.clearances.workflow import CLEARANCE, LOOK_AGAIN
from emigrate.domains.contracts import queries as contracts
from emigrate.domains.emigrants import actions as emigrants
from emigrate.domains.emigrants import queries as emigrant_rows
from emigrate.domains.emigrants.enums import CheckState
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting, action, now, today
from emigrate.partners.passport_registry.contract import (
    PassportAnswer,
    PassportQuestion,
    PassportResult,
    PassportStatus,
)

PURPOSE = "emigration-clearance"


@dataclass(frozen=True, slots=True)
class ToAsk:
    """What the job asks outside the transaction."""

    question: PassportQuestion
    tries: int


@action
def start_checks(reference: str, *, actor: Actor) -> ToAsk:
    """Take the application into the checks and say what to ask the passport registry."""
    rows = Clearance.objects.select_related("passport")
    case = CLEARANCE.lock(rows, actor=actor, permission="check", reference=reference)
    if case.state == "submitted":
        CLEARANCE.take("start_checks", case, actor=actor)
    else:
        CLEARANCE.step("queue", case.state)
    personal = personal_of(case, actor=actor, purpose=PURPOSE)
    question = PassportQuestion(
        number=personal.passport_number,
        surname=personal.surname,
        given_names=personal.given_names,
        birth_date=personal.birth_date,
        sex=personal.sex,
        purpose=PURPOSE,
        consent_ref=case.contract.reference,
    )
    return ToAsk(question, case.check_tries)


@action
def record_waiting(reference: str, *, actor: Actor) -> Clearance:
    """The registry did not answer: the case shows what it waits for."""
    rows = Clearance.objects.all()
    case = CLEARANCE.hold(rows, actor=actor, verb="queue", reference=reference)
    tries = case.check_tries + 1
    event = "clearance.waiting_for_passport_registry"
    return CLEARANCE.amend(event, case, actor=actor, check_tries=tries)


@action
def record_checks(reference: str, passport: PassportAnswer | None, *, actor: Actor) -> Clearance:
    """Keep every check's result and put the case in the office's queue.

    Without the registry's answer the check says so and an officer looks: nobody is stopped by a
    partner that is down.
    """
    rows = Clearance.objects.select_related("passport", "contract", "agent", "employer")
    case = CLEARANCE.hold(rows, actor=actor, verb="queue", reference=reference)
    if passport is not None:
        emigrants.record_passport_check(case.passport_id, passport, actor=actor)
    answer, personal = law_answer(case, purpose=PURPOSE, on=today(), actor=actor)
    results = [
        _passport_result(passport),
        *_law_results(answer),
        *_contract_results(case),
        *_person_results(case, personal, actor),
        *_doubt(CHARGES_CHECK, charges_doubt(case, actor)),
        *_doubt(INSURANCE_CHECK, insurance_doubt(case)),
        *_earlier_results(case),
    ]
    _keep(case, results)
    return CLEARANCE.take(
        "queue",
        case,
        actor=actor,
        findings=answer.as_json()["findings"],
        asked_on=today(),
        priority_at=case.submitted_at,
    )


def replace_law_checks(case: Clearance, answer: Any, *, actor: Actor) -> None:
    """Keep what the law answers now in the place of its earlier checks, on a held case."""
    with acting(Actor.system(actor.request_id)):
        case.checks.exclude(code__in=DATELESS_CHECKS).delete()
        _keep(case, _law_results(answer))


def replace_passport_check(case: Clearance, *, actor: Actor) -> None:
    """Keep what the registry says of the passport now in the place of its earlier word.

    On a locked case whose checks have run; the leaf says that the word changed.
    """
    passport = case.passport
    barred = passport.check_state == CheckState.REVOKED
    good = passport.check_state == CheckState.MATCHED
    outcome = CheckOutcome.BLOCK if barred else CheckOutcome.PASS if good else CheckOutcome.REFER
    evidence = {
        "result": passport.check_state,
        "status": passport.registry_status,
        "as_of": passport.checked_at.isoformat() if passport.checked_at else None,
    }
    replace_check(case, PASSPORT_CHECK, outcome, evidence, actor=actor)


def replace_check(
    case: Clearance,
    code: str,
    outcome: CheckOutcome,
    evidence: Mapping[str, object],
    *,
    actor: Actor,
) -> None:
    """Keep a check's newest word in the place of its earlier one; the same word changes nothing.

    An approved clearance that an officer must look at again is the office's until it is upheld;
    what happens once more after that is news, though it is told in the same words.
    """
    newest = Result(code, outcome, dict(evidence))
    with_emigrant = case.state == ClearanceState.APPROVED and case.held_by == Role.EMIGRANT
    again = outcome == CheckOutcome.REFER and with_emigrant
    with acting(Actor.system(actor.request_id)):
        kept = case.checks.filter(code=code)
        if not again and kept.filter(outcome=outcome, evidence=newest.evidence).exists():
            return
        kept.delete()
        _keep(case, [newest])
    reason = f"{code}: {outcome.value}"
    desk = CLEARANCE.handed(case, LOOK_AGAIN) if again else {}
    CLEARANCE.amend("clearance.checked_again", case, actor=actor, reason=reason, **desk)


def _keep(case: Clearance, results: "Iterable[Result]") -> None:
    Check.objects.bulk_create(
        Check(
            clearance=case, code=each.code, outcome=each.outcome, evidence=each.evidence, at=now()
        )
        for each in results
    )


@dataclass(frozen=True, slots=True)
class Result:
    """One check before it is kept."""

    code: str
    outcome: CheckOutcome
    evidence: dict[str, Any]  # JSON: codes, figures, references


def _passport_result(answer: PassportAnswer | None) -> Result:
    if answer is None:
        return Result(PASSPORT_CHECK, CheckOutcome.UNAVAILABLE, {"asked": "passport registry"})
    evidence = {
        "result": answer.result.value,
        "status": answer.status.value if answer.status else None,
        "as_of": answer.as_of.isoformat(),
    }
    if answer.status is not None and answer.status is not PassportStatus.ACTIVE:
        return Result(PASSPORT_CHECK, CheckOutcome.BLOCK, evidence)
    good = answer.result is PassportResult.MATCH
    return Result(PASSPORT_CHECK, CheckOutcome.PASS if good else CheckOutcome.REFER, evidence)


def _law_results(answer: Any) -> Iterator[Result]:  # the pack's own Answer
    summary = {"verdict": answer.verdict, "allowed": answer.allowed}
    yield Result("law", CheckOutcome.PASS if answer.allowed else CheckOutcome.BLOCK, summary)
    seen: set[str] = set()
    for found in answer.findings:
        if found.code not in seen:
            seen.add(found.code)
            yield Result(found.code, CheckOutcome(found.severity), found.as_json())


def _contract_results(case: Clearance) -> Iterator[Result]:
    worse = [each for each in contracts.compare(case.contract_id) if each.harm > 0]
    outcome = CheckOutcome.REFER if worse else CheckOutcome.PASS
    yield Result(CONTRACT_CHECK, outcome, {"worse": [each.term for each in worse]})


def _doubt(code: str, doubt: Mapping[str, object]) -> Iterator[Result]:
    """Where two sides say different things an officer looks."""
    if doubt:
        yield Result(code, CheckOutcome.REFER, dict(doubt))


def _earlier_results(case: Clearance) -> Iterator[Result]:
    """An earlier application of the person on which an airport did not let them go."""
    told = Check.objects.filter(code=OFF_LOAD_CHECK, evidence__has_key="off_load")
    earlier = told.filter(clearance__emigrant=case.emigrant_id)
    found = list(earlier.order_by("pk").values_list("evidence__off_load", flat=True))
    if found:
        yield Result(OFF_LOAD_CHECK, CheckOutcome.REFER, {"references": found})


def _person_results(case: Clearance, personal: Any, actor: Actor) -> Iterator[Result]:
    alike = emigrant_rows.others_alike(case.emigrant_id, personal, actor=actor)
    outcome = CheckOutcome.REFER if alike else CheckOutcome.PASS
    yield Result(PERSON_CHECK, outcome, {"references": alike})
