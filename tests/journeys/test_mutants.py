"""Deleting a line of a policy table makes the matrix fail; lines nobody misses are named."""

import pytest

from emigrate.api.v1 import public
from emigrate.domains.reference.enums import Role
from tests.journeys.matrix import Matrix
from tests.journeys.mutants import policy_lines, routes_of_policy, seen_by, without_policy

EVERYBODY = {role.value for role in Role} - {"system"}

# fmt: off
NO_OPERATION = {
    # no operation asks for it by itself; the domains' own tests do
    "agent.renew":               {"pge"},
    "agent_application.confirm": {"ra_admin"},
    "agent_application.forward": {"pge"},
    "agent_application.scrutinise": {"pge"},
    "clearance.remarks":         {"poe", "poe_da", "pge", "pge_da", "mission_lw", "mission_hom",
                                  "auditor"},
    "credential.view":           {"emigrant", "ra_admin", "ra_staff", "poe", "poe_da", "pge",
                                  "mission_lw", "mission_hom", "boi", "auditor"},
    "employer.order":            {"pge"},
    "guarantee.view":            {"ra_admin", "pge_da", "pge", "auditor"},
    "user.view":                 EVERYBODY - {"pge"},
}
NOT_SIGNED_IN = {
    # operations for everybody ask no policy, and `public` signs in nowhere else
    "demand.view":               {"public"},
    "membership.view":           {"public"},
    "organisation.view":         {"public"},
    "session.view":              {"public"},
}
NO_ROW = {
    # nobody of the village in these roles has such a row, so the answer is the same refusal
    "bulk_request.view":         EVERYBODY - {"ra_admin"},
    "charge.answer":             {"csc_vle"},
    "demand.decide_watched":     {"mission_hom"},
    "departure.arrive":          {"emigrant"},
    "document.file":             {"csc_vle", "insurer"},
    "document.open":             {"emigrant", "csc_vle", "fe_admin", "insurer", "mission_lw",
                                  "mission_hom"},
    "membership.use":            EVERYBODY - {"ra_admin"},
    "payment.pay":               {"csc_vle"},
}
# fmt: on


@pytest.mark.slow
def test_every_line_of_a_policy_is_missed_or_named(
    population, monkeypatch, settings, tmp_path_factory
):
    settings.STATIC_ROOT = tmp_path_factory.mktemp("static")
    public._at.cache_clear()
    matrix = Matrix.of(population)
    lines = policy_lines()
    survivors = {}

    for line in lines:
        with monkeypatch.context() as patch:
            without_policy(line, patch)
            if not seen_by(matrix, line, routes_of_policy(matrix, line)):
                survivors.setdefault(f"{line.where}.{line.what}", set()).add(line.role)

    assert survivors == NO_OPERATION | NOT_SIGNED_IN | NO_ROW
    assert len(lines) > 400
