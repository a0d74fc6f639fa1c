"""What must hold after any simulation, asked of the database and of the gate."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from emigrate.domains.clearances.models import Clearance
from emigrate.domains.credentials.actions import export
from emigrate.domains.credentials.queries import credentials_for, qr_text
from emigrate.foundation import clock
from emigrate.foundation.transactions import acting
from emigrate.foundation.workflow import WORKFLOWS
from emigrate.ops.simulation.world import SYSTEM
from emigrate.ops.simulation.year import Plan
from gate.verdict import Verifier

QUERIES = {
    "vacancies_overspent": """
        SELECT count(*) FROM demands_allotment a WHERE used > quantity OR used <>
          (SELECT count(*) FROM clearances_clearance c
           WHERE c.allotment_id = a.id AND c.vacancy_taken)
    """,
    "lines_overallotted": """
        SELECT count(*) FROM demands_demandline l WHERE allotted > number OR allotted <
          (SELECT coalesce(sum(quantity), 0) FROM demands_allotment a
           WHERE a.line_id = l.id AND a.state IN ('sent', 'acknowledged'))
    """,
    "open_clearances_of_one_person": """
        SELECT count(*) FROM (SELECT emigrant_id FROM clearances_clearance
          WHERE state IN ('draft', 'submitted', 'in_checks', 'queued', 'under_scrutiny', 'queried',
                          'referred', 'held', 'approved', 'suspended')
          GROUP BY emigrant_id HAVING count(*) > 1) doubled
    """,
    "departures_without_use": """
        SELECT count(*) FROM departures_departure d JOIN clearances_clearance c
          ON c.id = d.clearance_id WHERE c.state <> 'used'
    """,
    "ledger_not_zero": """
        SELECT count(*) FROM (SELECT currency FROM payments_ledgerentry
          GROUP BY currency HAVING sum(amount_minor) <> 0) unbalanced
    """,
}


def violations(plan: Plan, folder: Path, moment: datetime) -> dict[str, int]:
    """How often each promise was broken; all zero when all hold."""
    with clock.simulate(moment):
        with acting(SYSTEM):
            found = {name: _number(sql) for name, sql in QUERIES.items()}
            found["states_without_leaf"] = sum(
                _without_leaf(w.name, w.table) for w in WORKFLOWS.values()
            )
            found["totals_not_as_drawn"] = _totals_differ(plan)
        found["certificates_refused_by_the_gate"] = _refused_by_the_gate(folder, moment)
    return found


def _number(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _without_leaf(stream: str, table: str) -> int:
    return _number(
        f'SELECT count(*) FROM "{table}" c WHERE NOT EXISTS (SELECT 1 FROM foundation_auditleaf l '  # noqa: S608 - names are the code's own
        f"WHERE l.stream = '{stream}' AND l.case_id = c.id AND l.seq = c.audit_seq "
        "AND l.after_state = c.state AND l.hash = c.audit_head)"
    )


def _totals_differ(plan: Plan) -> int:
    issued = Clearance.objects.filter(decided_at__isnull=False).exclude(state="rejected")
    drawn = plan.totals()
    found = {
        "country": Counter(issued.values_list("country", flat=True)),
        "state": Counter(issued.values_list("emigrant__state_code", flat=True)),
    }
    return sum(_difference(drawn[name], found[name]) for name in drawn)


def _difference(drawn: Mapping[str, int], found: Mapping[str, int]) -> int:
    return sum(drawn.get(name, 0) != found.get(name, 0) for name in {*drawn, *found})


def _refused_by_the_gate(folder: Path, moment: datetime) -> int:
    """Every certificate in force must be valid at the counter, every other one must not."""
    verifier = _verifier(folder)
    with acting(SYSTEM):
        rows: list[Any] = list(
            credentials_for(SYSTEM).values_list("subject_reference", "state", "expires_at")
        )
    wrong = 0
    for reference, state, expires_at in rows:
        with acting(SYSTEM):
            text = qr_text(reference, actor=SYSTEM)
        expected = {"valid": "valid", "suspended": "suspended", "revoked": "revoked"}[state]
        expected = "expired" if expected == "valid" and expires_at < moment else expected
        wrong += verifier.check(text, moment).verdict != expected
    return wrong


def _verifier(folder: Path) -> Verifier:
    export(folder, actor=SYSTEM)
    lists = [path.read_bytes() for path in sorted((folder / "status").glob("*.cbor"))]
    return Verifier((folder / "root.pem").read_bytes(), (folder / "trust.cbor").read_bytes(), lists)
