"""Employers through somebody's eyes, and the question to the law."""

from datetime import UTC, date, datetime

import pytest

from emigrate.domains.employers import actions, queries, tasks
from emigrate.domains.employers.facts import verification_findings
from emigrate.domains.employers.models import Employer
from emigrate.domains.reference.enums import Role
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotFound, NotPermitted
from emigrate.foundation.transactions import acting
from emigrate.law.current import pack
from tests.factories.employers import (
    SYSTEM,
    a_contact,
    a_draft,
    a_head_of_mission,
    a_mission_officer,
    a_protector_general,
    a_submitted,
    an_applicant,
    an_employer,
    in_scrutiny,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.simulate(NOW):
        yield


def seen_by(actor):
    with acting(actor):
        return set(queries.employers_for(actor).values_list("reference", flat=True))


def test_who_sees_which_employers():
    applicant = an_applicant()
    draft, active = a_draft(applicant), an_employer()
    abroad = an_employer(an_applicant("ARE"), country="ARE")
    everything = {draft.reference, active.reference, abroad.reference}

    assert seen_by(applicant) == {draft.reference}
    assert seen_by(a_mission_officer()) == {draft.reference, active.reference}
    assert seen_by(a_head_of_mission("ARE")) == {abroad.reference}
    assert seen_by(a_protector_general()) == everything
    assert seen_by(Actor(Role.POE, 1, office="DEL")) == everything
    assert seen_by(Actor(Role.RA_STAFF, 1, 1)) == {active.reference, abroad.reference}
    assert seen_by(Actor(Role.EMIGRANT, 1, person_id=1)) == {active.reference, abroad.reference}
    assert seen_by(Actor.public()) == set()


def test_the_contact_is_sealed_and_for_those_who_need_it():
    applicant, officer = an_applicant(), a_mission_officer()
    contact = a_contact(email="sealed@example.org", address="1 Sample Street")
    case = an_employer(applicant, contact=contact)

    with acting(officer):
        seen = queries.contact(case.reference, actor=officer)
    agent = Actor(Role.RA_ADMIN, 1, 1)
    with acting(agent), pytest.raises(NotPermitted):
        queries.contact(case.reference, actor=agent)
    stranger = an_applicant()
    with acting(stranger), pytest.raises(NotFound):
        queries.contact(case.reference, actor=stranger)

    assert seen == contact
    with acting(SYSTEM):
        assert b"sealed@" not in bytes(Employer.objects.get(pk=case.pk).contact_sealed)


def test_the_queue_is_in_order_of_the_due_day():
    with clock.simulate(datetime(2026, 11, 25, tzinfo=UTC)):
        later = a_submitted()
    sooner = in_scrutiny()
    an_employer()
    officer = a_mission_officer()

    with acting(officer):
        queue = [case.reference for case in queries.verification_queue(officer)]

    assert queue == [sooner.reference, later.reference]


def test_names_that_are_easily_confused_are_shown_to_the_officer():
    known = an_employer(name="Desert Rose Contracting Co.")
    an_employer(name="Northern Steel Works")
    case = in_scrutiny(name="Dezert R0se Contractlng LLC")
    officer = a_mission_officer()

    with acting(officer):
        alike = queries.possible_duplicates(case, actor=officer)

    assert [each.reference for each in alike] == [known.reference]


@pytest.mark.parametrize(("listed", "status"), [
    ((),                       "active"),
    (("watch_employer",),      "prior_approval"),
    (("blacklist_employer",),  "blacklisted"),
])  # fmt: skip
def test_the_law_is_asked_with_the_employers_standing(listed, status):
    case = an_employer(small=True)
    for verb in listed:
        for officer in (a_head_of_mission(), a_protector_general()):
            getattr(actions, verb)(case.reference, reason="x", actor=officer)
    actions.record_recruitment(case.pk, 4, actor=SYSTEM)

    with acting(SYSTEM):
        part = queries.standing(case.pk, on=TODAY, actor=SYSTEM)

    assert part == pack().Employer(status=status, small=True, workers_this_year=4)


def test_an_ended_licence_counts_before_the_nightly_clock():
    case = an_employer(valid_until=date(2026, 12, 31))

    with acting(SYSTEM):
        statuses = [
            queries.standing(case.pk, on=day, actor=SYSTEM).status
            for day in (date(2026, 12, 31), date(2027, 1, 1))
        ]
        with pytest.raises(NotFound):
            queries.standing(case.pk + 1_000_000, on=TODAY, actor=SYSTEM)

    assert statuses == ["active", "inactive"]


def test_findings_for_the_officer():
    large = a_draft(
        small=True,
        valid_until=None,
        indian_workers=11,
        complaint_pending=True,
        complaint_details="Wages of May.",
    )
    quiet = a_draft(an_applicant(), kind="individual", workforce=0, indian_workers=0)
    with acting(SYSTEM):
        quiet.papers = {"request_letter": "D1", "signatory_id": "D2", "address_proof": "D3"}

        found = [verification_findings(case, on=TODAY) for case in (large, quiet)]

    assert [[each["code"] for each in findings] for findings in found] == [
        [
            "paper_missing",
            "paper_missing",
            "paper_missing",
            "complaint_pending",
            "licence_end_unknown",
            "small_employer_large",
        ],
        [],
    ]


def test_every_night_the_register_is_kept():
    ended = an_employer(valid_until=date(2026, 12, 31))
    idle = an_employer()

    with clock.simulate(datetime(2028, 1, 1, tzinfo=UTC)):
        tasks.keep_register()

    with acting(SYSTEM):
        states = [Employer.objects.get(pk=case.pk).state for case in (ended, idle)]
    assert states == ["expired", "inactive"]


def test_cases_are_written_as_people_read_them():
    case = an_employer(name="Sample Stores")

    assert str(case) == "Sample Stores (SAU)"
