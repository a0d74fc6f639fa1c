"""What the employer does with a demand, and every refusal with nothing changed."""

from dataclasses import replace

import pytest
from django.db import connection

from emigrate.domains.demands import actions, queries
from emigrate.domains.demands.actions import NewDemand
from emigrate.domains.demands.models import Allotment, PowerOfAttorney
from emigrate.domains.employers.actions import expire_licences
from emigrate.foundation.errors import (
    Blocked,
    Exhausted,
    InvalidInput,
    NotFound,
    NotPermitted,
    ReasonRequired,
    WrongState,
)
from emigrate.foundation.transactions import acting
from tests.factories.contracts import later
from tests.factories.demands import (
    SYSTEM,
    a_draft,
    a_line,
    a_market,
    a_sent_allotment,
    a_submitted_demand,
    an_accepted_allotment,
    an_approved_demand,
    as_stored,
    first_line,
    in_scrutiny,
)
from tests.factories.employers import an_applicant
from tests.snapshot import leaves_of, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    yield a_market()
    connection.check_constraints()


def test_a_draft_keeps_its_lines_and_their_hash(market):
    demand = a_draft(market, a_line(), a_line(title="Plasterer", occupation="7123", number=4))

    with acting(market.company):
        lines = [(each.title, each.number, each.allotted) for each in demand.lines.order_by("id")]
    assert lines == [("Mason", 10, 0), ("Plasterer", 4, 0)]
    assert (demand.state, demand.country, demand.held_by) == ("draft", "SAU", "fe_admin")
    assert (len(bytes(demand.terms_hash)), demand.attested_hash) == (32, None)
    assert leaves_of(demand) == ["demand.created"]


def test_the_same_terms_have_the_same_hash(market):
    one, same, other = a_draft(market), a_draft(market), a_draft(market, a_line(wage_minor=1))

    hashes = [bytes(each.terms_hash) for each in (one, same, other)]
    assert hashes[0] == hashes[1]
    assert hashes[0] != hashes[2]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": 0}, "number_out_of_range"),
        ({"number": 10_001}, "number_out_of_range"),
        ({"wage_minor": 0}, "wage_missing"),
        ({"currency": "SRL"}, "currency_unknown"),
        ({"months": 0}, "months_out_of_range"),
        ({"title": " "}, "title_missing"),
        ({"occupation": "9999"}, "occupation_unknown"),
        ({"terms": {"clauses": "all"}}, "clauses_malformed"),
    ],
)
def test_a_wrong_line_is_named(market, change, code):
    with refused(InvalidInput, code):
        a_draft(market, a_line(), a_line(**change))


def test_every_wrong_member_is_named_at_once(market):
    with pytest.raises(InvalidInput) as caught:
        a_draft(market, a_line(number=0, months=0))

    pointers = [each["pointer"] for each in caught.value.errors]
    assert pointers == ["/lines/0/number", "/lines/0/months"]


@pytest.mark.parametrize("count", [0, 51])
def test_a_demand_has_one_to_fifty_lines(market, count):
    new = NewDemand(market.employer.reference, "Sample site", [a_line()] * count)

    with refused(InvalidInput, "lines_count"):
        actions.draft_demand(new, actor=market.company)


def test_a_demand_needs_its_site(market):
    new = NewDemand(market.employer.reference, " ", (a_line(),))

    with refused(InvalidInput, "site_missing"):
        actions.draft_demand(new, actor=market.company)


def test_only_the_employer_demands(market):
    new = NewDemand(market.employer.reference, "Sample site", (a_line(),))

    with refused(NotFound):
        actions.draft_demand(new, actor=an_applicant())
    with refused(NotPermitted):
        actions.draft_demand(new, actor=market.owner)
    with refused(NotPermitted):
        actions.draft_demand(new, actor=market.mission)


def test_an_employer_whose_licence_ended_demands_nothing(market):
    new = NewDemand(market.employer.reference, "Sample site", (a_line(),))
    with later(days=365 * 80):
        expire_licences(actor=SYSTEM)

        with refused(Blocked, "employer_not_active"):
            actions.draft_demand(new, actor=market.company)


def test_submitting_starts_the_missions_clock(market):
    demand = a_submitted_demand(market)

    assert (demand.state, demand.held_by) == ("submitted", "mission_lw")
    assert demand.due_at is not None
    with refused(WrongState):
        actions.submit_demand(demand.reference, actor=market.company)


def test_another_employer_sees_and_changes_nothing(market):
    demand = a_draft(market)
    stranger = an_applicant()

    assert not queries.demands_for(stranger).exists()
    with refused(NotFound):
        actions.submit_demand(demand.reference, actor=stranger)
    with refused(NotFound):
        actions.cancel_demand(demand.reference, "Not needed.", actor=stranger)


def test_a_material_change_voids_the_approval(market):
    demand = an_approved_demand(market)
    line = first_line(demand)

    changed = actions.amend_demand(
        demand.reference, line.pk, a_line(wage_minor=150_000), actor=market.company, reason="Cut."
    )

    assert (changed.state, changed.attested_hash) == ("amendment_pending", None)
    assert bytes(changed.terms_hash) != bytes(demand.terms_hash)
    assert (first_line(demand).wage_minor, changed.held_by) == (150_000, "mission_lw")


def test_a_voided_approval_blocks_the_vacancies_until_it_is_given_again(market):
    allotment = an_accepted_allotment(market)
    demand = as_stored(allotment.demand)
    line = first_line(demand)
    actions.amend_demand(
        demand.reference, line.pk, a_line(wage_minor=170_000), actor=market.company, reason="Cut."
    )

    with refused(Blocked, "demand_not_open"):
        actions.take_vacancy(allotment.pk, actor=SYSTEM)

    actions.take_up_demand(demand.reference, actor=market.mission)
    actions.approve_demand(demand.reference, actor=market.mission, fee_receipt="R-2")
    assert as_stored(demand).state == "open"
    assert actions.take_vacancy(allotment.pk, actor=SYSTEM) == 4


@pytest.mark.parametrize(
    ("change", "reason", "error", "code"),
    [
        ({}, "Nothing.", InvalidInput, "nothing_changed"),
        ({"number": 4}, "Fewer.", InvalidInput, "below_allotted"),
        ({"number": 0}, "Fewer.", InvalidInput, "number_out_of_range"),
        ({"wage_minor": 1}, " ", ReasonRequired, "reason_required"),
    ],
)
def test_a_change_that_is_refused_leaves_the_approval(market, change, reason, error, code):
    allotment = a_sent_allotment(market, 5)
    demand = as_stored(allotment.demand)

    with refused(error, code):
        actions.amend_demand(
            demand.reference,
            allotment.line_id,
            a_line(**change),
            actor=market.company,
            reason=reason,
        )


def test_a_line_of_another_demand_is_not_found(market):
    demand, other = an_approved_demand(market), an_approved_demand(market)

    with refused(NotFound):
        actions.amend_demand(
            demand.reference,
            first_line(other).pk,
            a_line(number=20),
            actor=market.company,
            reason="More.",
        )


def test_a_demand_under_scrutiny_is_not_amended(market):
    demand = in_scrutiny(market)

    with refused(WrongState):
        actions.amend_demand(
            demand.reference,
            first_line(demand).pk,
            a_line(number=20),
            actor=market.company,
            reason="More.",
        )


def test_cancelling_releases_what_is_unused(market):
    allotment = an_accepted_allotment(market, 5)
    actions.take_vacancy(allotment.pk, actor=SYSTEM)
    demand = as_stored(allotment.demand)

    actions.cancel_demand(demand.reference, "Project stopped.", actor=market.company)

    kept = as_stored(allotment)
    with acting(SYSTEM):
        attorney = PowerOfAttorney.objects.get(demand=demand)
    assert as_stored(demand).state == "cancelled"
    assert (kept.state, kept.quantity, kept.used) == ("released", 1, 1)
    assert (first_line(demand).allotted, attorney.state) == (1, "revoked")


def test_cancelling_needs_a_reason_and_happens_once(market):
    demand = an_approved_demand(market)

    with refused(ReasonRequired):
        actions.cancel_demand(demand.reference, "", actor=market.company)
    actions.cancel_demand(demand.reference, "Stopped.", actor=market.company)
    with refused(WrongState):
        actions.cancel_demand(demand.reference, "Stopped.", actor=market.company)


def test_a_vacancy_given_back_after_the_end_is_not_lost_in_the_sums(market):
    allotment = an_accepted_allotment(market, 5)
    actions.take_vacancy(allotment.pk, actor=SYSTEM)
    actions.cancel_demand(as_stored(allotment.demand).reference, "Stopped.", actor=market.company)

    actions.give_back_vacancy(allotment.pk, actor=SYSTEM)

    kept = as_stored(allotment)
    assert (kept.used, kept.quantity, first_line(kept.demand).allotted) == (0, 0, 0)
    with refused(Exhausted, "no_vacancy_taken"):
        actions.give_back_vacancy(allotment.pk, actor=SYSTEM)


def test_allotments_stand_for_their_agency_alone(market):
    allotment = a_sent_allotment(market)
    stranger = replace(market.owner, organisation_id=market.owner.organisation_id + 10_000)

    assert [each.pk for each in queries.allotments_for(market.owner)] == [allotment.pk]
    assert list(queries.allotments_for(stranger)) == []
    with acting(stranger):
        assert list(Allotment.objects.all()) == []
