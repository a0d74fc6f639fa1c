"""The reading budget: how many persons an account opens, counted, refused above, and told."""

from datetime import timedelta

import pytest

from emigrate.domains.emigrants.actions import report_spent_budget
from emigrate.domains.emigrants.models import ReadRecord, SpentBudget
from emigrate.domains.emigrants.queries import personal, search_by_name
from emigrate.domains.emigrants.queries.budget import ReadingBudgetSpent
from emigrate.domains.notifications.queries import notifications_for, words
from emigrate.domains.reference.enums import Role
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.clock import simulate
from emigrate.foundation.errors import NotPermitted
from emigrate.foundation.transactions import acting, now, today
from emigrate.law.current import pack
from tests.factories.emigrants import (
    STRANGERS,
    SYSTEM,
    a_recruiting_agency,
    an_agent,
    an_emigrant,
    an_officer,
    strangers_read,
    the_person,
)
from tests.races import race

WIDE = 32
AUDITOR = Actor(Role.AUDITOR, 801, request_id="test")


def limit(window):
    with acting(SYSTEM):
        return pack().figure(f"reading.persons_{window}", on=today()).value


def moment():
    with acting(SYSTEM):
        return now()


def opened_before(database, actor, persons, *, ago=timedelta(minutes=5), first=STRANGERS):
    """Let the account have opened so many other persons some time ago."""
    strangers_read(database, actor, range(first, first + persons), moment() - ago)


def readings(actor):
    with acting(SYSTEM):
        rows = ReadRecord.objects.filter(user_id=actor.user_id, emigrant_id__lt=STRANGERS)
        return rows.count()


def told():
    """What the auditors read on their desk, after the jobs ran."""
    jobs.run_waiting()
    with acting(AUDITOR):
        return [(each.reference, words(each)) for each in notifications_for(AUDITOR)]


def refused(function, *args, **named):
    with pytest.raises(ReadingBudgetSpent) as caught:
        function(*args, **named)
    return caught.value


def test_the_last_person_of_the_hour_is_opened_and_the_next_refused(committed_database):
    officer, last, over = an_officer(), an_emigrant(), an_emigrant()
    opened_before(committed_database, officer, limit("an_hour") - 1)

    personal(last.pk, actor=officer, purpose="scrutiny")
    error = refused(personal, over.pk, actor=officer, purpose="scrutiny")

    assert (error.reason_code, error.status, error.facts["limit"]) == (
        "reading_budget_spent", 429, limit("an_hour"),
    )  # fmt: skip
    assert 54 * 60 <= error.facts["retry_after"] <= 55 * 60
    assert readings(officer) == 1


def test_a_person_opened_again_costs_nothing(committed_database):
    officer, person = an_officer(), an_emigrant()
    personal(person.pk, actor=officer, purpose="scrutiny")
    opened_before(committed_database, officer, limit("an_hour") - 1)

    for _ in range(3):
        personal(person.pk, actor=officer, purpose="scrutiny")

    assert readings(officer) == 4


def test_after_an_hour_there_is_room_and_after_a_days_work_there_is_none(committed_database):
    officer, person = an_officer(), an_emigrant()
    opened_before(committed_database, officer, limit("an_hour"), ago=timedelta(minutes=61))

    personal(person.pk, actor=officer, purpose="scrutiny")
    rest = limit("a_day") - limit("an_hour") - 1
    first = STRANGERS * 2
    opened_before(committed_database, officer, rest, ago=timedelta(hours=23), first=first)
    error = refused(personal, an_emigrant().pk, actor=officer, purpose="scrutiny")

    assert error.facts["limit"] == limit("a_day")
    assert error.facts["retry_after"] <= 3600
    with simulate(moment() + timedelta(hours=1, minutes=1)):
        personal(person.pk, actor=officer, purpose="scrutiny")


def test_each_account_has_its_own(committed_database):
    officer, colleague, agent = an_officer(), an_officer(702), an_agent(a_recruiting_agency().pk)
    person = an_emigrant(actor=agent)
    opened_before(committed_database, officer, limit("an_hour"))

    personal(person.pk, actor=colleague, purpose="scrutiny")
    personal(person.pk, actor=agent, purpose="filing")

    refused(personal, person.pk, actor=officer, purpose="scrutiny")


def test_the_platform_and_the_person_are_not_metered(committed_database):
    person = an_emigrant()
    me = the_person(person)
    opened_before(committed_database, me, limit("a_day"))

    personal(person.pk, actor=me, purpose="own")
    personal(person.pk, actor=SYSTEM, purpose="decision")

    assert readings(me) == 1


def test_nobody_reads_without_an_account(committed_database):
    person = an_emigrant()

    with pytest.raises(NotPermitted):
        personal(person.pk, actor=Actor(Role.POE, office="DEL"), purpose="scrutiny")


def test_a_search_costs_those_it_shows(committed_database):
    officer = an_officer()
    people = [an_emigrant() for _ in range(3)]
    an_emigrant(given_names="Lakshmi", surname="Nair", local_name="")
    opened_before(committed_database, officer, limit("an_hour") - 3)

    shown = search_by_name("Ramesh Kumar Yadav", actor=officer)

    assert {each.emigrant_id for each in shown} == {each.pk for each in people}
    assert readings(officer) == 3
    refused(search_by_name, "Lakshmi Nair", actor=officer)
    assert search_by_name("Nobody Such", actor=officer) == []


def test_a_search_that_would_show_too_many_shows_nobody(committed_database):
    officer = an_officer()
    for _ in range(3):
        an_emigrant()
    opened_before(committed_database, officer, limit("an_hour") - 2)

    refused(search_by_name, "Ramesh Kumar Yadav", actor=officer)

    assert readings(officer) == 0


def test_the_auditors_are_told_once_an_hour_and_account(committed_database):
    officer, person = an_officer(), an_emigrant()
    opened_before(committed_database, officer, limit("a_day"))

    for _ in range(3):
        refused(personal, person.pk, actor=officer, purpose="scrutiny")
        told()

    assert [reference for reference, _ in told()] == ["poe:701"]
    assert told()[0][1].startswith("The account poe:701 wanted to open more")
    with simulate(moment() + timedelta(hours=1)):
        refused(personal, person.pk, actor=officer, purpose="scrutiny")
        refused(personal, person.pk, actor=officer, purpose="scrutiny")
        assert [reference for reference, _ in told()] == ["poe:701", "poe:701"]


def test_only_the_platform_raises_the_alarm_and_only_auditors_see_it(committed_database):
    with pytest.raises(NotPermitted):
        report_spent_budget(701, "poe", actor=an_officer())
    assert [report_spent_budget(701, "poe", actor=SYSTEM) for _ in range(2)] == [True, False]

    for actor, seen in ((AUDITOR, 1), (an_officer(), 0), (SYSTEM, 1)):
        with acting(actor):
            assert SpentBudget.objects.count() == seen


def test_thirty_two_readers_at_the_edge_open_not_one_person_more(committed_database):
    officer = an_officer()
    people = [an_emigrant() for _ in range(WIDE)]
    opened_before(committed_database, officer, limit("an_hour") - 5)

    outcomes = race(
        WIDE, lambda n: personal(people[n].pk, actor=officer, purpose="scrutiny").emigrant_id
    )

    refusals = [each for each in outcomes if isinstance(each, ReadingBudgetSpent)]
    assert (len(refusals), readings(officer)) == (WIDE - 5, 5)
    assert [reference for reference, _ in told()] == ["poe:701"]


def test_an_account_counts_its_own_readings_and_reads_nobody_elses(committed_database):
    officer, colleague, person = an_officer(), an_officer(702), an_emigrant()
    for each in (officer, colleague):
        personal(person.pk, actor=each, purpose="scrutiny")

    with acting(officer):
        assert set(ReadRecord.objects.values_list("user_id", flat=True)) == {officer.user_id}
