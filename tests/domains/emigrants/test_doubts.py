from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from emigrate.domains.emigrants.actions import (
    Details,
    clear_duplicate,
    correct_details,
    decide_doubt,
    hold_as_duplicate,
    merge_into,
    record_death,
    record_years_abroad,
    register_emigrant,
)
from emigrate.domains.emigrants.models import AgentLink, Emigrant, Passport
from emigrate.domains.emigrants.queries import open_doubts, others_alike, personal
from emigrate.domains.reference.enums import Role
from emigrate.domains.reference.queries import calendar_of
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.calendar import Calendar, due_at
from emigrate.foundation.clock import office_date
from emigrate.foundation.clocks import escalate_overdue
from emigrate.foundation.errors import NotPermitted, OwnCase, ReasonRequired, WrongState
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting
from emigrate.law.current import pack
from tests.factories.emigrants import (
    SYSTEM,
    a_new_passport,
    a_new_person,
    a_recruiting_agency,
    a_verified_emigrant,
    an_agent,
    an_emigrant,
    an_officer,
)

pytestmark = pytest.mark.django_db
BEFORE_A_HOLIDAY = datetime(2027, 1, 25, 6, tzinfo=UTC)


def leaves_hold():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def twice(*, actor=SYSTEM):
    """The same person, written twice: the elder and the younger registration."""
    new = a_new_person()
    elder = register_emigrant(replace(new, passport=a_new_passport()), actor=SYSTEM)
    younger = register_emigrant(replace(new, passport=a_new_passport()), actor=actor)
    return elder, younger


def the_doubt(officer):
    with acting(officer):
        return open_doubts(officer).get()


def state_of(person):
    with acting(SYSTEM):
        return Emigrant.objects.get(pk=person.pk).state


def test_one_person_is_held_and_merged():
    agency = a_recruiting_agency()
    elder, younger = twice(actor=an_agent(agency.pk))
    officer = an_officer()

    decide_doubt(the_doubt(officer).pk, "same", reason="Same photograph", actor=officer)
    held = state_of(younger)
    merge_into(younger.reference, elder.reference, reason="Same photograph", actor=officer)

    leaves_hold()
    with acting(SYSTEM):
        merged = Emigrant.objects.get(pk=younger.pk)
        assert (held, merged.state, merged.merged_into_id) == (
            "suspended_duplicate",
            "merged",
            elder.pk,
        )
        assert Passport.objects.filter(emigrant=younger, current=True).count() == 0
        assert AgentLink.objects.filter(emigrant=younger, ended_at=None).count() == 0
        assert list(open_doubts(officer)) == []


def test_a_held_registration_waits_for_an_officer_and_rises():
    _elder, younger = twice()
    officer = an_officer()
    with clock.simulate(BEFORE_A_HOLIDAY):
        held = hold_as_duplicate(younger.reference, reason="Same photograph", actor=officer)

    with clock.simulate(held.due_at + timedelta(seconds=1)):
        rose = escalate_overdue(actor=SYSTEM)
        with acting(SYSTEM):
            late = Emigrant.objects.get(pk=younger.pk)
        general = Actor(Role.PGE, 901)
        cleared = clear_duplicate(younger.reference, reason="Twins", actor=general)

    level = pack().service_days("emigrant.duplicate")(office_date(held.state_since))
    assert (held.held_by, held.due_at) == ("poe", due_at(held.state_since, level, calendar_of()))
    assert held.due_at != due_at(held.state_since, level, Calendar())
    assert (rose, late.held_by, cleared.held_by, cleared.due_at) == (1, "pge", "", None)


def test_an_officer_who_corrected_a_record_does_not_decide_about_it():
    elder, younger = twice()
    officer, other = an_officer(), an_officer(702)
    correct_details(younger.reference, Details(father_name="Example Senior"), actor=officer)
    hold_as_duplicate(younger.reference, reason="Same photograph", actor=other)

    for act in (
        lambda: clear_duplicate(younger.reference, reason="Two", actor=officer),
        lambda: merge_into(younger.reference, elder.reference, reason="One", actor=officer),
        lambda: record_death(younger.reference, date(2026, 1, 1), reason="Told", actor=officer),
    ):
        with pytest.raises(OwnCase):
            act()
    record_years_abroad(younger.reference, 2, reason="Stamps", actor=other)
    merged = merge_into(younger.reference, elder.reference, reason="One", actor=other)

    assert merged.state == "merged"


def test_two_persons_stay_two_and_are_not_asked_about_again():
    _elder, younger = twice()
    officer = an_officer()

    decide_doubt(the_doubt(officer).pk, "different", reason="Twins", actor=officer)

    opened = personal(younger.pk, actor=SYSTEM, purpose="test")
    leaves_hold()
    assert (state_of(younger), others_alike(younger.pk, opened, actor=SYSTEM)) == (
        "profile_basic",
        [],
    )
    with acting(SYSTEM):
        last = AuditLeaf.objects.filter(stream="emigrant", case_id=younger.pk).latest("seq")
    assert (last.event, last.reason) == ("emigrant.found_different", "Twins")


def test_a_cleared_person_goes_on_where_the_passport_stands():
    person, officer = a_verified_emigrant(), an_officer()

    hold_as_duplicate(person.reference, reason="Perhaps", actor=officer)
    cleared = clear_duplicate(person.reference, reason="No", actor=officer)

    leaves_hold()
    assert cleared.state == "active"


def test_doubts_are_decided_by_another_officer_with_reasons():
    _elder, younger = twice(actor=an_officer(55))
    doubt = the_doubt(an_officer())

    with pytest.raises(OwnCase):
        decide_doubt(doubt.pk, "same", reason="Mine", actor=an_officer(55))
    with pytest.raises(ReasonRequired):
        decide_doubt(doubt.pk, "same", reason=" ", actor=an_officer())
    with pytest.raises(NotPermitted):
        decide_doubt(doubt.pk, "same", reason="x", actor=an_agent(a_recruiting_agency().pk))
    with pytest.raises(NotPermitted):
        others_alike(younger.pk, younger, actor=an_agent(a_recruiting_agency().pk))

    assert (the_doubt(an_officer()).verdict, state_of(younger)) == ("open", "profile_basic")


def test_nobody_is_merged_that_is_not_held_nor_into_somebody_dead():
    elder, younger = twice()
    officer = an_officer()
    with pytest.raises(WrongState):
        merge_into(younger.reference, elder.reference, reason="Same", actor=officer)
    hold_as_duplicate(younger.reference, reason="Same", actor=officer)
    record_death(elder.reference, date(2026, 11, 1), reason="Certificate", actor=officer)

    with pytest.raises(WrongState):
        merge_into(younger.reference, elder.reference, reason="Same", actor=officer)

    leaves_hold()
    assert (state_of(younger), state_of(elder)) == ("suspended_duplicate", "deceased")


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, True),
        ({"surname": "Yadaw"}, True),
        ({"given_names": "Ramesh"}, True),
        ({"given_names": "Yadav", "surname": "Ramesh Kumar"}, True),
        ({"given_names": "Suresh", "surname": "Nair"}, False),
        ({"given_names": "Ramesh", "surname": "Nair"}, False),
        ({"birth_date": date(1970, 5, 5)}, False),
    ],
)
def test_alike_is_the_birth_date_with_a_like_name(changes, found):
    new = a_new_person()
    first = register_emigrant(new, actor=SYSTEM)
    other = register_emigrant(
        replace(a_new_person(), birth_date=new.birth_date)
        if not changes
        else replace(new, phone="", local_name="", **changes),
        actor=SYSTEM,
    )

    opened = personal(other.pk, actor=SYSTEM, purpose="test")

    assert others_alike(other.pk, opened, actor=SYSTEM) == ([first.reference] if found else [])


def test_the_same_telephone_is_alike_whatever_the_name():
    first = an_emigrant(phone="7000055555")
    second = an_emigrant(
        phone="+91 70000 55555", given_names="Lakshmi", surname="Nair", local_name="", sex="F"
    )

    opened = personal(second.pk, actor=SYSTEM, purpose="test")

    assert others_alike(second.pk, opened, actor=SYSTEM) == [first.reference]


def test_a_death_needs_an_office_and_ends_everything():
    person = an_emigrant()
    with pytest.raises(NotPermitted):
        record_death(
            person.reference,
            date(2026, 11, 1),
            reason="Told",
            actor=Actor(Role.PGE_DA, 3, request_id="test"),
        )

    record_death(person.reference, date(2026, 11, 1), reason="Certificate", actor=an_officer())

    leaves_hold()
    assert state_of(person) == "deceased"
