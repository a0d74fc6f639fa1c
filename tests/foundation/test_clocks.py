"""The sweep that no overdue case is forgotten by."""

from datetime import UTC, datetime, timedelta

import pytest

from emigrate.domains.employers.models import Employer
from emigrate.foundation import clock
from emigrate.foundation.cases import Case
from emigrate.foundation.clocks import case_model, escalate_overdue, overdue
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting
from emigrate.foundation.workflow import WORKFLOWS
from tests.factories.employers import SYSTEM, a_submitted
from tests.races import race

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
MUCH_LATER = NOW + timedelta(days=60)


def row(case):
    with acting(SYSTEM):
        return Employer.objects.get(pk=case.pk)


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_every_machine_has_its_model(name):
    model = case_model(WORKFLOWS[name])

    assert (issubclass(model, Case), model._meta.db_table) == (True, WORKFLOWS[name].table)


def test_a_table_that_holds_no_cases_is_refused():
    class Odd:
        table = "reference_country"

    with pytest.raises(TypeError, match="reference_country is not a case"):
        case_model(Odd())


@pytest.mark.django_db
def test_only_what_is_overdue_rises_and_once():
    with clock.simulate(NOW):
        early = a_submitted()
        in_time = escalate_overdue(actor=SYSTEM)
    with clock.simulate(MUCH_LATER):
        a_submitted()
        with acting(SYSTEM):
            late = list(overdue(WORKFLOWS["employer"]))
        rose = escalate_overdue(actor=SYSTEM)
        again = escalate_overdue(actor=SYSTEM)

    with acting(SYSTEM):
        told = AuditLeaf.objects.filter(event="employer.escalated").values_list(
            "case_id", flat=True
        )
        assert list(told) == [early.pk]
    assert (in_time, late, rose, again) == (0, [early], 1, 0)
    assert (row(early).escalation, row(early).held_by) == (1, "mission_hom")


def test_two_sweeps_at_once_raise_each_once(committed_database):
    with clock.simulate(NOW):
        cases = [a_submitted() for _ in range(3)]

    def sweep(_):
        with clock.simulate(MUCH_LATER):
            return escalate_overdue(actor=SYSTEM)

    rose = race(8, sweep)

    assert (sum(rose), [row(case).escalation for case in cases]) == (3, [1, 1, 1])
