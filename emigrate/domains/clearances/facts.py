"""A clearance turned into the question that the law is asked, and nothing else."""

from datetime import date
from typing import Any

from emigrate.domains.agents import queries as agents
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.contracts import queries as contracts
from emigrate.domains.contracts.queries import Terms
from emigrate.domains.emigrants import queries as emigrants
from emigrate.domains.emigrants.queries import Personal
from emigrate.domains.employers import queries as employers
from emigrate.domains.insurance import queries as insurance
from emigrate.domains.payments import queries as payments
from emigrate.foundation.actors import Actor
from emigrate.law.current import pack


def question_for(case: Clearance, personal: Personal, *, on: date, actor: Actor) -> Any:
    """The law's question about this clearance as of a day; the pack's own `Question`."""
    law = pack()
    terms = contracts.terms_of(case.contract_id)
    return law.Question(
        on=on,
        person=_person(law, personal),
        passport=law.Passport(
            category=case.passport.category.upper(), expires=case.passport.expires_on
        ),
        journey=law.Journey(country=case.country, purpose="employment", departs=case.departs_on),
        job=_job(law, case, terms),
        route="agent",
        agent=agents.standing(case.agent_id, actor=actor),
        employer=employers.standing(case.employer_id, on=on, actor=actor),
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


def _charges(law: Any, case: Clearance, actor: Actor) -> tuple[Any, ...]:
    rows = payments.charges_of(
        case.emigrant_id, subject_reference=case.contract.reference, actor=actor
    )
    return tuple(law.Charge(row.head, row.amount_minor) for row in rows)


def _insurance(law: Any, case: Clearance, actor: Actor) -> Any:
    policy = insurance.policy_for(case.emigrant_id, case.contract.reference, actor=actor)
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
