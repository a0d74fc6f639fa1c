"""Who can write what, asked of the database: row security alone, row by row.

Each row that is there is offered again, as everybody: who may write it is told that it is there
already, who may not is refused by row security, which PostgreSQL asks first. A line that goes
missing, or one too many, changes the table below.
"""

import pytest
from django.db import DatabaseError, connection, transaction
from psycopg.errors import CheckViolation, InsufficientPrivilege, UniqueViolation

from emigrate.domains.reference.enums import Role
from emigrate.foundation.database.rows import ROWS
from emigrate.foundation.transactions import acting
from emigrate.ops.database import connect_as_superuser
from tests.journeys.matrix import SYSTEM

MOST = 200
EVERYBODY = " ".join(sorted({*Role.values} - {SYSTEM.role, "public"}))

# Roles of whom somebody in the population can write such a row of theirs; the platform besides.
WRITERS = {
    "accounts_accesstoken": EVERYBODY,
    "accounts_bulkrequest": "ra_admin",
    "accounts_membership": "pge",
    "accounts_organisation": "pge",
    "accounts_user": "pge",
    "agents_agent": "pge ra_admin",
    "agents_agentapplication": "pge pge_da poe poe_da ra_admin",
    "agents_capacitytranche": "pge pge_da",
    "agents_guarantee": "pge pge_da ra_admin",
    "clearances_clearance": "emigrant mission_hom mission_lw pge poe poe_da ra_admin ra_staff",
    "contracts_consent": "emigrant",
    "contracts_contract": "emigrant fe_admin pge ra_admin ra_staff",
    "contracts_contractversion": "ra_admin ra_staff",
    "contracts_readback": "emigrant",
    "demands_allotment": "fe_admin ra_admin ra_staff",
    "demands_demand": "fe_admin mission_hom mission_lw",
    "demands_demandline": "fe_admin",
    "demands_powerofattorney": "fe_admin ra_admin ra_staff",
    "departures_departure": "boi mission_lw",
    "departures_offload": "boi",
    "documents_document": "fe_admin mission_hom mission_lw pge pge_da poe poe_da ra_admin ra_staff",
    "emigrants_emigrant": "emigrant mission_hom pge pge_da poe poe_da ra_admin ra_staff",
    "emigrants_nameindex": "emigrant pge pge_da poe poe_da ra_admin ra_staff",
    "emigrants_passport": "emigrant pge pge_da poe poe_da ra_admin ra_staff",
    "emigrants_possibleduplicate": "pge poe",
    "employers_employer": "fe_admin mission_hom mission_lw pge",
    "foundation_wrappedkey": EVERYBODY,
    "insurance_policy": "emigrant pge ra_admin ra_staff",
    "payments_order": "pge pge_da ra_admin ra_staff",
}


@pytest.mark.parametrize("table", sorted(ROWS))
def test_row_security_lets_these_write_and_nobody_else(committed_population, table):
    rows = rows_of(table)

    found = writers(committed_population, table, rows)

    assert " ".join(sorted(found)) == WRITERS.get(table, "")


def rows_of(table):
    """Rows of a table as JSON, whoever may see them."""
    query = f'SELECT to_jsonb(t)::text FROM "{table}" t LIMIT {MOST}'
    with connect_as_superuser(database=connection.settings_dict["NAME"]) as owner:
        return [row[0] for row in owner.execute(query)]


def writers(population, table, rows):
    """The roles of those who may write one of the rows."""
    found = set()
    for resident in population.residents:
        role = str(resident.actor.role)
        if role not in found:
            with acting(resident.actor):
                found |= {role} if any(may_write(table, row) for row in rows) else set()
    return found


def may_write(table, row):
    """Whether row security lets the acting role write this row, which is there already.

    A trigger that refuses the row before (an answered charge) says nothing about it.
    """
    again = f'SELECT * FROM jsonb_populate_record(NULL::"{table}", %s)'
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'INSERT INTO "{table}" OVERRIDING SYSTEM VALUE {again}', [row])
    except DatabaseError as error:
        if isinstance(error.__cause__, InsufficientPrivilege | CheckViolation):
            return False
        if isinstance(error.__cause__, UniqueViolation):
            return True
        raise
    raise AssertionError("the row is there twice")
