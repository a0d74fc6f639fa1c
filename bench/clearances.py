"""A register of many clearances, and their references as numbers."""

from datetime import UTC, datetime

from stdnum.iso7064 import mod_37_36

from bench.databases import copy_rows, fill, filled, filling

OFFICES = ("DEL", "BOM", "MAA", "HYD", "COK", "TRV", "CCU", "LKO", "JAI", "RAE", "PAT", "RNC")
QUEUED_IN = 10
"""One clearance in so many waits for an officer; the others were issued."""


def reference(serial: int) -> str:
    """The reference of the clearance of this serial number."""
    body = f"EC{_year()}DEL{serial:07d}"
    return f"EC-{_year()}-DEL-{serial:07d}-{mod_37_36.calc_check_digit(body)}"


def fill_clearances(database: str, rows: int) -> None:
    """Clearances 1 to `rows` with a passport each; nothing is done when they are there."""
    if filled(database, "clearances_clearance") == rows:
        return
    with filling(database) as session:
        session.execute("CREATE UNLOGGED TABLE numbered (id bigint, reference text)")
        numbers = ((serial, reference(serial)) for serial in range(1, rows + 1))
        copy_rows(session, "numbered", ("id", "reference"), numbers)
        passports = {
            "id": "id",
            "emigrant_id": "id",
            "number_blind": "decode(md5(id::text), 'hex')",
            "number_sealed": "decode(md5('a' || id), 'hex') || decode(md5('b' || id), 'hex')",
            "category": "'ecr'",
            "expires_on": "current_date + 2000",
            "current": "true",
            "check_state": "'matched'",
        }
        fill(session, "emigrants_passport", passports, "numbered")
        fill(session, "clearances_clearance", _columns(), "numbered")
        session.execute("DROP TABLE numbered")


def _columns() -> dict[str, str]:
    offices = "ARRAY['" + "','".join(OFFICES) + "']"
    queued = f"id % {QUEUED_IN} = 0"
    return {
        "id": "id",
        "reference": "reference",
        "state": f"CASE WHEN {queued} THEN 'queued' ELSE 'approved' END",
        "emigrant_id": "id",
        "passport_id": "id",
        "office": f"({offices})[1 + (id / {QUEUED_IN}) % {len(OFFICES)}]",
        "country": "'SAU'",
        "occupation": "'7112'",
        "contract_hash": "decode(md5(id::text), 'hex')",
        "audit_head": "decode(md5('c' || id), 'hex') || decode(md5('d' || id), 'hex')",
        "submitted_at": "now() - id * interval '1 second'",
        "priority_at": "now() - id * interval '1 second'",
        "not_before": "now() - interval '1 day'",
        "expires_at": "now() + interval '170 days'",
    }


def pgbench_reference(rows: int) -> list[str]:
    """Lines that draw a clearance: `:serial`, and the place `:check` of its check character."""
    state = 36 // 2
    for character in f"EC{_year()}DEL":
        state = (state or 36) * 2 % 37 + ALPHABET.index(character)
        state %= 36
    lines = [f"\\set serial random(1, {rows})", f"\\set c {state}"]
    doubled = "mod((CASE WHEN :c = 0 THEN 36 ELSE :c END) * 2, 37)"
    for power in range(6, -1, -1):
        digit = f"mod(:serial / {10**power}, 10)"
        lines.append(f"\\set c mod({doubled} + {digit}, 36)")
    return [*lines, f"\\set check mod(37 - {doubled}, 36) + 1"]


ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
REFERENCE_SQL = (
    f"'EC-' || '{{year}}' || '-DEL-' || lpad(:serial::text, 7, '0') || '-' || "
    f"substr('{ALPHABET}', :check, 1)"
)


def reference_sql() -> str:
    """The drawn reference as SQL over pgbench's variables."""
    return REFERENCE_SQL.format(year=_year())


def _year() -> int:
    return datetime.now(UTC).year
