"""A clearance turned into the question that the law is asked, and nothing else."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import QuerySet

from emigrate.domains.agents import queries as agents
from emigrate.domains.clearances.enums import ClearanceState
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.contracts import queries as contracts
from emigrate.domains.contracts.enums import ContractState
from emigrate.domains.contracts.queries import Terms
from emigrate.domains.demands import queries as demands
from emigrate.domains.emigrants import queries as emigrants
from emigrate.domains.emigrants.queries import Personal
from emigrate.domains.employers import queries as employers
from emigrate.domains.insurance import queries as insurance
from emigrate.domains.insurance.models import Policy
from emigrate.domains.payments import queries as payments
from emigrate.domains.payments.models import Charge
from emigrate.domains.reference.enums import HOME_CURRENCY
from emigrate.foundation.actors import Actor
from emigrate.foundation.clock import office_date
from emigrate.foundation.money import decimal_text
from emigrate.foundation.transactions import acting, today
from emigrate.law.current import pack


def missing(case: Clearance, *, on: date) -> list[str]:
    """The codes of what an application needs and does not have, as of a day.

    Asked as the platform: a worker's own payment counts although the agent cannot see it.
    """
    with acting(Actor.system()):
        passport = emigrants.current_passport(case.emigrant_id)
        unmet = {
            "emigrant_not_standing": not emigrants.living(passport),
            "fee_not_paid": not payments.paid("clearance", case.reference, "ec_fee"),
            "insurance_missing": _policy(case, Actor.system()) is None,
            "contract_not_locked": case.contract.state != ContractState.LOCKED,
            "contract_changed": _terms_hash(case) != bytes(case.contract_hash),
            "passport_changed": passport != case.passport,
            "visa_ends_before_departure": case.visa_expires_on is not None
            and case.visa_expires_on < max(case.departs_on, on),
        }
    return [code for code, is_missing in unmet.items() if is_missing]


def _terms_hash(case: Clearance) -> bytes:
    return contracts.terms_of(case.contract_id).hash


def _policy(case: Clearance, actor: Actor) -> Policy | None:
    return insurance.policy_for(case.emigrant_id, case.contract.reference, actor=actor)


def insurance_doubt(case: Clearance) -> dict[str, str]:
    """In what the insurer denies the policy that counts, for a check; empty when in nothing."""
    system = Actor.system()
    with acting(system):
        policy = _policy(case, system)
    if policy is None or not policy.dispute:
        return {}
    return {"policy": policy.reference, "dispute": policy.dispute}


def law_answer(case: Clearance, *, purpose: str, on: date, actor: Actor) -> tuple[Any, Personal]:
    """What the law answers about this clearance as of a day, and the person it was asked about.

    Asked as the platform: agents, officers and workers each see a part of what the law needs
    (charges, standing, insurance), and the answer must not depend on who asks. The reading of the
    person's fields is recorded with its purpose.
    """
    system = Actor.system(actor.request_id)
    with acting(system):
        personal = personal_of(case, actor=system, purpose=purpose)
        return pack().answer(question_for(case, personal, on=on, actor=system)), personal


def question_for(case: Clearance, personal: Personal, *, on: date, actor: Actor) -> Any:
    """The law's question about this clearance as of a day; the pack's own `Question`.

    The law counts from the day of application, which stays once it was handed in.
    """
    law = pack()
    terms = contracts.terms_of(case.contract_id)
    return law.Question(
        on=on if case.submitted_at is None else office_date(case.submitted_at),
        person=_person(law, personal),
        passport=law.Passport(
            category=case.passport.category.upper(), expires=case.passport.expires_on
        ),
        journey=law.Journey(
            country=case.country, purpose="employment", departs=max(case.departs_on, on)
        ),
        job=_job(law, case, terms),
        route="agent",
        agent=_agent(case, actor),
        employer=_employer(case, on, actor),
        charges=_charges(law, case, actor),
        insurance=_insurance(law, case, actor),
    )


def _person(law: Any, personal: Personal) -> Any:
    return law.Person(
        born=personal.birth_date,
        sex=personal.sex,
        nationality=personal.nationality,
        years_abroad_since_18=personal.years_abroad_since_18,
    )


def _job(law: Any, case: Clearance, terms: Terms) -> Any:
    return law.Job(
        occupation=case.occupation,
        months=terms.months,
        wage=law.Wage(terms.wage_minor, terms.currency),
        clauses=frozenset(terms.clauses),
    )


def _agent(case: Clearance, actor: Actor) -> Any:
    """The agent's standing; the law counts the workers before this one."""
    standing = agents.standing(case.agent_id, actor=actor)
    if not case.vacancy_taken or standing.workers_used is None:
        return standing
    return replace(standing, workers_used=standing.workers_used - 1)


def _employer(case: Clearance, on: date, actor: Actor) -> Any:
    """The employer's standing; the law counts the workers of the year before this one."""
    standing = employers.standing(case.employer_id, on=on, actor=actor)
    if demands.prior_approval_of(case.allotment_id):
        standing = replace(standing, mission_approved=True)
    if not case.vacancy_taken or case.submitted_at is None:
        return standing
    if office_date(case.submitted_at).year != on.year:
        return standing
    return replace(standing, workers_this_year=standing.workers_this_year - 1)


def _charges(law: Any, case: Clearance, actor: Actor) -> tuple[Any, ...]:
    return tuple(law.Charge(row.head, row.amount_minor) for row in charges_on(case, actor))


def charges_on(case: Clearance, actor: Actor) -> QuerySet[Charge]:
    """What the agency recorded on the contract, in rupees, with what the worker says of it."""
    reference, agency = case.contract.reference, case.agency_id
    return payments.charges_of(case.emigrant_id, reference, actor, agency)


def charges_doubt(case: Clearance, actor: Actor) -> dict[str, str]:
    """What an officer weighs of the charges, for a check's evidence; empty when nothing is.

    What both sides say in all, in rupees, where the worker names other amounts; and the codes by
    which the law bars the greater of the two, with what was taken, so that a further charge is news
    to an office that let the earlier ones stand. The cap is one for an agent's services to a worker
    (Emigration Rules, 1983, r.25): what it took on contracts on which nobody left counts with it.
    """
    taken = payments.charges_by(case.agency_id, case.emigrant_id, actor)
    rows = list(taken.exclude(subject_reference__in=_left_on_before(case)))
    doubt: dict[str, str] = {}
    if any(row.disputed for row in rows):
        agent = sum(row.amount_minor for row in rows)
        worker = sum(
            row.amount_minor if row.worker_amount_minor is None else row.worker_amount_minor
            for row in rows
        )
        doubt["agent"] = decimal_text(agent, HOME_CURRENCY)
        doubt["worker"] = decimal_text(worker, HOME_CURRENCY)
    if codes := _bars(case, rows):
        doubt["code"] = ", ".join(codes)
        taken_in_all = sum(row.counted_minor for row in rows)
        doubt["taken"] = decimal_text(taken_in_all, HOME_CURRENCY)
    return doubt


def _left_on_before(case: Clearance) -> QuerySet[Clearance, str]:
    """The other contracts on which the emigrant has departed, by their numbers."""
    used = Clearance.objects.filter(emigrant_id=case.emigrant_id, state=ClearanceState.USED)
    others = used.exclude(contract_id=case.contract_id)
    return others.values_list("contract__reference", flat=True)


def _bars(case: Clearance, rows: list[Charge]) -> list[str]:
    law = pack()
    asked = law.Question(
        on=today(),
        journey=law.Journey(departs=max(case.departs_on, today())),
        charges=tuple(law.Charge(row.head, row.counted_minor) for row in rows),
    )
    return [found.code for found in law.answer(asked).findings if found.severity == "block"]


def _insurance(law: Any, case: Clearance, actor: Actor) -> Any:
    policy = _policy(case, actor)
    if policy is None:
        return None
    return law.Insurance(
        starts=policy.from_date,
        ends=policy.to_date,
        sum_insured=policy.sum_minor,
        life_cover=policy.life_cover_minor,
    )


def personal_of(case: Clearance, *, actor: Actor, purpose: str) -> Personal:
    """The emigrant's opened personal fields, with the reading recorded."""
    return emigrants.personal(case.emigrant_id, actor=actor, purpose=purpose)
