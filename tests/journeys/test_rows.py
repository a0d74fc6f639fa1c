"""The policy tables and the row security, row by row: the floor shows what the wall shows."""

from django.db import connection

from emigrate.domains.demands.models import PowerOfAttorney
from emigrate.domains.emigrants.models import Passport
from emigrate.foundation.policy import POLICIES
from emigrate.foundation.transactions import acting
from tests.journeys.matrix import SYSTEM
from tests.journeys.mutants import row_lines, without_row
from tests.journeys.operations import KINDS, LISTS, RELATED

BY_POLICY = {
    model: subject
    for model, subject in (
        *((model, subject) for model, subject, *_ in LISTS.values()),
        *KINDS.values(),
    )
    if model not in RELATED and model is not PowerOfAttorney and model is not Passport
}
"""Rows that a policy of their own shows; others follow the row they belong to."""


WIDER = {
    "agent ra_admin": "the register of agents is public; an agency's own pages show itself",
    "agent ra_staff": "as above",
}


def differences(population, table=""):
    """(subject and role whose declared rows are hidden, those who see more) and rows compared."""
    hidden, wider, compared = set(), set(), 0
    for resident in population.residents:
        for model, subject in BY_POLICY.items():
            if table not in {"", model._meta.db_table}:
                continue
            rows = model._default_manager
            with acting(SYSTEM):
                mine = POLICIES[subject].narrow(rows.all(), resident.actor, "view")
                declared = set(mine.values_list("pk", flat=True))
            with acting(resident.actor):
                shown = set(rows.values_list("pk", flat=True))
            compared += len(declared | shown)
            line = f"{subject} {resident.actor.role}"
            hidden |= {line} if declared - shown else set()
            wider |= {line} if shown - declared else set()
    return hidden, wider, compared


def test_row_security_shows_what_the_policy_shows(population):
    hidden, wider, compared = differences(population)

    assert (hidden, wider) == (set(), set(WIDER))
    assert compared > 1_000


def test_a_missing_line_of_row_security_is_seen(committed_population):
    tables = {model._meta.db_table for model in BY_POLICY}
    lines = [line for line in row_lines() if line.where in tables and line.what == "read"]
    unseen = set()

    for line in lines:
        with without_row(line, connection.settings_dict["NAME"]):
            hidden, _, _ = differences(committed_population, line.where)
        if not hidden:
            unseen.add(str(line))

    assert (unseen, len(lines) > 100) == (UNSEEN, True)


UNSEEN = {
    "accounts_accesstoken.read of sign_in",
    "accounts_membership.read of fe_admin",
    "accounts_organisation.read of *",
    "accounts_user.read of fe_admin",
    "agents_agent.read of *",
    "agents_capacitytranche.read of ra_admin",
    "agents_capacitytranche.read of ra_staff",
    "demands_demand.read of public",
    "departures_departure.read of emigrant",
    "documents_document.read of csc_vle",
    "documents_document.read of emigrant",
    "documents_document.read of insurer",
    "emigrants_emigrant.read of csc_vle",
    "emigrants_emigrant.read of insurer",
    "employers_employer.read of fe_admin",
    "payments_charge.read of csc_vle",
    "payments_order.read of csc_vle",
    "payments_order.read of fe_admin",
}
"""Lines whose going hides no row of this population; a new one fails the test."""
