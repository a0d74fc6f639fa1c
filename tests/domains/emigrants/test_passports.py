from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from emigrate.domains.emigrants.actions import (
    add_passport,
    ask_registry,
    record_passport_check,
    record_registry_down,
    settle_passport,
)
from emigrate.domains.emigrants.actions.passports import PassportKnown
from emigrate.domains.emigrants.models import Emigrant, Passport
from emigrate.domains.emigrants.queries import current_passport, find_by_passport, personal
from emigrate.domains.notifications.models import Message
from emigrate.foundation.errors import InvalidInput, NotPermitted, WrongState
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting
from emigrate.partners.passport_registry.contract import PassportResult, PassportStatus
from tests.factories.emigrants import (
    SYSTEM,
    a_new_passport,
    a_new_person,
    a_recruiting_agency,
    a_verified_emigrant,
    an_agent,
    an_answer,
    an_emigrant,
    an_officer,
    the_lines,
    the_person,
)
from tests.races import race

R, S = PassportResult, PassportStatus
SOON = datetime.now(UTC).date() + timedelta(days=2)


def leaves_hold():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def of(person):
    with acting(SYSTEM):
        return Passport.objects.get(emigrant=person, current=True)


def state_of(person):
    with acting(SYSTEM):
        return Emigrant.objects.get(pk=person.pk).state


def leaf_count():
    with acting(SYSTEM):
        return AuditLeaf.objects.count()


@pytest.mark.django_db
def test_the_lines_are_read_and_give_number_and_last_day():
    new = a_new_person()
    person = an_emigrant(passport=None, birth_date=new.birth_date)
    lines = the_lines(new, "Z7654321")

    passport = add_passport(
        person.reference, a_new_passport(number="", expires_on=None, mrz=lines), actor=SYSTEM
    )

    opened = personal(person.pk, actor=SYSTEM, purpose="test")
    leaves_hold()
    assert (opened.passport_number, opened.passport_expires) == ("Z7654321", date(2032, 1, 9))
    assert (passport.mrz_read, passport.check_state) == (True, "pending")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "passport", "code"),
    [
        ({}, {"number": "Z0000001"}, "mrz_differs_from_typed"),
        ({}, {"expires_on": date(2033, 1, 1)}, "mrz_differs_from_typed"),
        ({"birth_date": date(1991, 1, 1)}, {}, "mrz_birth_differs"),
        ({"sex": "F"}, {}, "mrz_sex_differs"),
        ({"given_names": "Suresh", "surname": "Pillai"}, {}, "mrz_name_differs"),
        ({"nationality": "NPL"}, {}, "mrz_nationality_differs"),
    ],
)
def test_lines_of_somebody_else_are_refused(told, passport, code):
    person = an_emigrant(passport=None, birth_date=date(1995, 3, 9))
    lines = the_lines(a_new_person(**{"birth_date": date(1995, 3, 9), **told}), "Z7654321")
    new = a_new_passport(**{"number": "", "expires_on": None, "mrz": lines, **passport})

    with pytest.raises(InvalidInput) as refusal:
        add_passport(person.reference, new, actor=SYSTEM)

    assert [each["code"] for each in refusal.value.errors] == [code]
    with acting(SYSTEM):
        assert Passport.objects.count() == 0


@pytest.mark.django_db
def test_a_slip_in_the_lines_is_found_by_its_check_digit():
    new = a_new_person()
    person = an_emigrant(passport=None, birth_date=new.birth_date)
    lines = the_lines(new, "Z7654321").replace("Z7654321", "Z7654312")

    with pytest.raises(InvalidInput) as refusal:
        add_passport(
            person.reference, a_new_passport(number="", expires_on=None, mrz=lines), actor=SYSTEM
        )

    codes = [each["code"] for each in refusal.value.errors]
    assert codes == ["mrz_check_number", "mrz_check_composite"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"number": "12345678"}, "passport_number_malformed"),
        ({"expires_on": date(2026, 11, 1)}, "passport_expired"),
        ({"issued_on": date(2040, 1, 1)}, "passport_dates"),
        ({"issued_on": SOON}, "passport_dates"),
        ({"category": "blue"}, "category_unknown"),
    ],
)
def test_an_impossible_passport_is_refused(changes, code):
    person = an_emigrant(passport=None)

    with pytest.raises(InvalidInput) as refusal:
        add_passport(person.reference, a_new_passport(**changes), actor=SYSTEM)

    assert [each["code"] for each in refusal.value.errors] == [code]
    assert current_passport(person.pk) is None


def test_a_passport_is_current_once_in_the_whole_platform(committed_database):
    taken = a_new_passport(number="Z5555555")
    an_emigrant(actor=an_agent(a_recruiting_agency().pk), passport=taken)
    second = an_agent(a_recruiting_agency().pk)

    with pytest.raises(PassportKnown):
        an_emigrant(actor=second, passport=replace(taken, number="z5555555 "))

    with acting(SYSTEM):
        assert (Emigrant.objects.count(), Passport.objects.count()) == (1, 1)


def test_of_many_registering_one_passport_at_once_one_goes_through(committed_database):
    agencies = [a_recruiting_agency().pk for _ in range(32)]

    outcomes = race(
        32,
        lambda at: an_emigrant(
            actor=an_agent(agencies[at]), passport=a_new_passport(number="Z6666666")
        ),
    )

    made = [each for each in outcomes if isinstance(each, Emigrant)]
    refused = [each for each in outcomes if isinstance(each, PassportKnown)]
    with acting(SYSTEM):
        kept = (Emigrant.objects.count(), Passport.objects.count())
    assert (len(made), len(refused), kept) == (1, 31, (1, 1))


@pytest.mark.django_db
def test_a_new_passport_takes_over_and_has_to_be_checked():
    person = a_verified_emigrant()
    old = of(person)

    fresh = add_passport(person.reference, a_new_passport(), actor=the_person(person))

    leaves_hold()
    assert (current_passport_of(person), state_of(person)) == (fresh.pk, "profile_basic")
    with acting(SYSTEM):
        assert Passport.objects.get(pk=old.pk).current is False


def current_passport_of(person):
    with acting(SYSTEM):
        return current_passport(person.pk).pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "check", "person_state"),
    [
        (an_answer(), "matched", "active"),
        (an_answer(ecr=None), "matched", "active"),
        (an_answer(ecr=False), "mismatch", "profile_basic"),
        (an_answer(R.PARTIAL), "mismatch", "profile_basic"),
        (an_answer(R.NO_MATCH), "mismatch", "profile_basic"),
        (an_answer(R.NOT_FOUND, status=None, ecr=None), "not_found", "profile_basic"),
        (an_answer(status=S.LOST), "revoked", "profile_basic"),
        (an_answer(status=S.EXPIRED), "revoked", "profile_basic"),
    ],
)
def test_the_registrys_word(answer, check, person_state):
    person = an_emigrant()

    passport = record_passport_check(of(person).pk, answer, actor=SYSTEM)

    leaves_hold()
    assert (passport.check_state, state_of(person)) == (check, person_state)
    assert b"specimen" not in bytes(passport.answer_sealed)
    with acting(SYSTEM):
        told = Message.objects.filter(event="passport.mismatch", person_id=person.pk).count()
    assert told == (0 if check == "matched" else 1)


@pytest.mark.django_db
def test_a_differing_category_is_kept_and_an_officer_settles_it():
    person = an_emigrant()
    passport = record_passport_check(of(person).pk, an_answer(ecr=False), actor=SYSTEM)
    assert (passport.category, passport.registry_category) == ("ecr", "ecnr")

    settled = settle_passport(
        passport.pk, category="ecnr", reason="Endorsement seen", actor=an_officer()
    )

    leaves_hold()
    assert (settled.category, settled.check_state) == ("ecnr", "matched")
    assert state_of(person) == "active"


@pytest.mark.django_db
def test_nothing_is_settled_that_did_not_differ():
    person = an_emigrant()
    before = leaf_count()

    with pytest.raises(WrongState):
        settle_passport(of(person).pk, category="ecnr", reason="Seen", actor=an_officer())
    with pytest.raises(NotPermitted):
        settle_passport(of(person).pk, category="ecnr", reason="Seen", actor=the_person(person))
    with pytest.raises(NotPermitted):
        record_passport_check(of(person).pk, an_answer(), actor=the_person(person))

    assert (of(person).check_state, leaf_count()) == ("pending", before)


@pytest.mark.django_db
def test_a_registry_that_is_down_hides_no_earlier_answer():
    person = an_emigrant()
    assert record_registry_down(of(person).pk, actor=SYSTEM).check_state == "service_down"

    record_passport_check(of(person).pk, an_answer(), actor=SYSTEM)

    assert record_registry_down(of(person).pk, actor=SYSTEM).check_state == "matched"


@pytest.mark.django_db
def test_the_same_answer_again_leaves_no_second_trace():
    person = a_verified_emigrant()
    before = leaf_count()

    record_passport_check(of(person).pk, an_answer(), actor=SYSTEM)

    assert leaf_count() == before


@pytest.mark.django_db
def test_a_passport_is_found_by_its_number_by_those_who_may_see_the_person():
    agent = an_agent(a_recruiting_agency().pk)
    person = an_emigrant(actor=agent, passport=a_new_passport(number="Z4444444"))
    stranger = an_agent(a_recruiting_agency().pk)

    with acting(agent):
        assert find_by_passport("z4444444", actor=agent) == person
    with acting(stranger):
        assert find_by_passport("Z4444444", actor=stranger) is None


@pytest.mark.django_db
def test_asking_the_registry_waits_as_one_job():
    person = an_emigrant()

    for _ in range(2):
        ask_registry(person.reference, actor=the_person(person))

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE task_name = 'emigrants.check_passport'"
        )
        waiting = cursor.fetchall()
    assert len(waiting) == 1
