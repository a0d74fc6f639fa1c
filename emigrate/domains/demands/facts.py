"""A demand turned into what is hashed and into the question that the law is asked."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from emigrate.domains.demands.models import Demand, DemandLine
from emigrate.domains.employers import queries as employers
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import today
from emigrate.law.current import pack


def material_terms(demand: Demand, lines: list[DemandLine]) -> dict[str, Any]:
    """What the Mission approves: a change of any of it voids the approval."""
    return {
        "employer": demand.employer_id,
        "country": demand.country,
        "site": demand.site,
        "lines": [
            {
                "occupation": line.occupation,
                "title": line.title,
                "number": line.number,
                "wage": [line.wage_minor, line.currency],
                "months": line.months,
                "terms": line.terms,
            }
            for line in sorted(lines, key=lambda line: (line.occupation, line.title, line.pk or 0))
        ],
    }


def terms_hash(demand: Demand, lines: list[DemandLine]) -> bytes:
    """SHA-256 of the material terms in canonical JSON."""
    text = json.dumps(material_terms(demand, lines), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def question_for(line: DemandLine, demand: Demand, *, on: date, actor: Actor) -> Any:
    """The law's question about one line, without a person: wage, matters, employer, country."""
    law = pack()
    return law.Question(
        on=on,
        person=law.Person(nationality="IND"),
        passport=law.Passport(category="ECR"),
        journey=law.Journey(country=demand.country, purpose="employment"),
        job=law.Job(
            occupation=line.occupation,
            months=line.months,
            wage=law.Wage(line.wage_minor, line.currency),
            clauses=frozenset(line.terms.get("clauses", ())),
        ),
        employer=employers.standing(demand.employer_id, on=on, actor=actor),
    )


def findings_of(case: Demand, *, actor: Actor) -> list[Mapping[str, Any]]:
    """What the law finds in every line of a demand as of today."""
    found: list[Mapping[str, Any]] = []
    for line in case.lines.order_by("id"):
        answer = pack().answer(question_for(line, case, on=today(), actor=actor))
        found += [{**each.as_json(), "line": line.title} for each in answer.findings]
    return found
