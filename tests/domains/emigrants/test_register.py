from dataclasses import replace
from datetime import date

import pytest
from django.db import connection

from emigrate.domains.emigrants.actions import Details, correct_details, register_emigrant
from emigrate.domains.emigrants.enums import Ground
from emigrate.domains.emigrants.models import AgentLink, Emigrant, NameIndex, PossibleDuplicate
from emigrate.domains.emigrants.queries import Relative, emigrants_for, personal
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import (
    AlreadyExists,
    Blocked,
    InvalidInput,
    NotFound,
    NotPermitted,
)
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting
from tests.factories.emigrants import (
    SYSTEM,
    a_new_passport,
    a_new_person,
    a_recruiting_agency,
    a_verified_emigrant,
    an_agent,
    an_emigrant,
    an_officer,
    the_person,
)

pytestmark = pytest.mark.django_db


def leaves_hold():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def events(person):
    with acting(SYSTEM):
        rows = AuditLeaf.objects.filter(stream="emigrant", case_id=person.pk).order_by("seq")
        return list(rows.values_list("event", flat=True))


def count_all():
    with acting(SYSTEM):
        return (Emigrant.objects.count(), NameIndex.objects.count(), AgentLink.objects.count())


def test_an_agency_registers_a_worker_and_sees_the_record():
    agency = a_recruiting_agency()
    new = a_new_person(passport=a_new_passport(number="Z1234567"))

    person = register_emigrant(new, actor=an_agent(agency.pk))

    opened = personal(person.pk, actor=an_agent(agency.pk), purpose="test")
    leaves_hold()
    assert person.reference.startswith("EM-2026-")
    assert person.state == "profile_basic"
    assert (opened.given_names, opened.surname) == ("Ramesh Kumar", "Yadav")
    assert opened.birth_date == new.birth_date
    assert (opened.sex, opened.nationality, opened.years_abroad_since_18) == ("M", "IND", 0)
    assert (opened.passport_number, opened.passport_expires) == ("Z1234567", date(2032, 1, 9))
    assert opened.name_mrz == "YADAV<<RAMESH<KUMAR"
    assert opened.family_phone == "+917000099999"
    assert opened.nominee == Relative("Sita Yadav", "wife", "+917000088888")
    assert events(person) == ["emigrant.created", "emigrant.passport_added"]
    with acting(SYSTEM):
        link = AgentLink.objects.get()
    assert (link.organisation_id, link.consent) == (agency.pk, "registration")


def test_another_agency_sees_nobody():
    person = an_emigrant(actor=an_agent(a_recruiting_agency().pk))
    stranger = an_agent(a_recruiting_agency().pk)

    with acting(stranger):
        seen = list(emigrants_for(stranger)) + list(Emigrant.objects.all())
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM emigrants_passport")
            passports = cursor.fetchone()[0]

    assert (seen, passports) == ([], 0)
    with pytest.raises(NotFound):
        personal(person.pk, actor=stranger, purpose="curiosity")


def test_a_person_registers_once_and_sees_oneself_before_the_account_is_tied():
    newcomer = Actor(Role.EMIGRANT, 77, request_id="test")

    person = register_emigrant(a_new_person(), actor=newcomer)

    assert personal(person.pk, actor=newcomer, purpose="own").full_name == "Ramesh Kumar Yadav"
    with pytest.raises(AlreadyExists) as refusal:
        register_emigrant(a_new_person(), actor=the_person(person, user_id=77))
    assert refusal.value.reason_code == "account_has_a_person"


def test_a_single_name_is_a_whole_name():
    person = register_emigrant(a_new_person(given_names="Fatima", surname=""), actor=SYSTEM)

    opened = personal(person.pk, actor=SYSTEM, purpose="test")

    assert (opened.full_name, opened.name_mrz) == ("Fatima", "FATIMA")


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"given_names": "रमेश"}, "/given_names", "name_malformed"),
        ({"given_names": "R4mesh"}, "/given_names", "name_malformed"),
        ({"birth_date": date(2030, 1, 1)}, "/birth_date", "birth_date_impossible"),
        ({"birth_date": date(1890, 1, 1)}, "/birth_date", "birth_date_impossible"),
        ({"sex": "Q"}, "/sex", "sex_unknown"),
        ({"nationality": "ZZZ"}, "/nationality", "country_unknown"),
        ({"district_code": "9999"}, "/district_code", "district_unknown"),
        ({"language": "tlh"}, "/language", "language_unknown"),
        ({"phone": "12345"}, "/phone", "phone_malformed"),
        ({"address": "card 9999 9999 0019"}, "/address", "aadhaar_refused"),
        ({"nominee": Relative("999999990019", "wife")}, "/relatives", "aadhaar_refused"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(changes, pointer, code):
    before = count_all()

    with pytest.raises(InvalidInput) as refusal:
        register_emigrant(a_new_person(**changes), actor=SYSTEM)

    assert [(each["pointer"], each["code"]) for each in refusal.value.errors] == [(pointer, code)]
    assert count_all() == before


@pytest.mark.parametrize("role", [Role.FE_ADMIN, Role.BOI, Role.AUDITOR, Role.PUBLIC])
def test_others_register_nobody(role):
    with pytest.raises(NotPermitted):
        register_emigrant(a_new_person(), actor=Actor(role, 9, organisation_id=9))


def test_a_second_registration_goes_through_and_waits_for_an_officer():
    new = a_new_person()
    first = register_emigrant(new, actor=SYSTEM)
    agent = an_agent(a_recruiting_agency().pk)

    second = register_emigrant(replace(new, given_names="Rameshwar Kumar"), actor=agent)
    other = register_emigrant(replace(new, surname="Yaadav", phone=""), actor=agent)

    with acting(SYSTEM):
        doubts = PossibleDuplicate.objects.order_by("id").values_list(
            "emigrant_id", "other_id", "ground", "verdict"
        )
        assert list(doubts) == [
            (second.pk, first.pk, Ground.PHONE, "open"),
            (other.pk, first.pk, Ground.NAME_AND_BIRTH, "open"),
            (other.pk, second.pk, Ground.NAME_AND_BIRTH, "open"),
        ]
    assert second.state == other.state == "profile_basic"


def test_correcting_changes_what_is_found_and_leaves_a_trace():
    person = an_emigrant()
    agent_free = the_person(person)

    correct_details(
        person.reference, Details(surname="Kushwaha", phone="7000012345"), actor=agent_free
    )

    opened = personal(person.pk, actor=agent_free, purpose="own")
    leaves_hold()
    assert (opened.surname, opened.phone) == ("Kushwaha", "+917000012345")
    assert opened.name_mrz == "KUSHWAHA<<RAMESH<KUMAR"
    assert events(person)[-1] == "emigrant.corrected"


def test_what_the_registry_confirmed_only_an_officer_corrects():
    person = a_verified_emigrant()
    assert person.state == "active"

    with pytest.raises(Blocked):
        correct_details(person.reference, Details(surname="Other"), actor=the_person(person))

    unchanged = personal(person.pk, actor=SYSTEM, purpose="test")
    assert unchanged.surname == "Yadav"
    correct_details(person.reference, Details(surname="Other"), actor=an_officer())
    assert personal(person.pk, actor=SYSTEM, purpose="test").surname == "Other"
