"""Persons learn which office opened their file: once a person, an office and a day."""

from datetime import UTC, datetime, timedelta

import pytest

from emigrate.domains.emigrants import tasks
from emigrate.domains.emigrants.queries import personal
from emigrate.domains.notifications.models import Message
from emigrate.domains.notifications.queries import words
from emigrate.domains.reference.enums import Role
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting
from tests.factories.emigrants import SYSTEM, an_emigrant, an_officer

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def told(person):
    with acting(SYSTEM):
        rows = Message.objects.filter(event="case.viewed", person_id=person.pk).order_by("id")
        return [words(message) for message in rows]


def opened(person, actor, at):
    with clock.simulate(at):
        personal(person.pk, actor=actor, purpose="scrutiny")


def swept(at):
    with clock.simulate(at):
        tasks.tell_of_readings()


def test_offices_are_named_once_a_day_and_the_platform_never():
    person, other = an_emigrant(), an_emigrant()
    for officer in (an_officer(701), an_officer(702), Actor(Role.PGE.value, user_id=703)):
        opened(person, officer, MORNING)
    opened(person, SYSTEM, MORNING)
    opened(other, SYSTEM, MORNING)

    for hours in (1, 2, 25):
        swept(MORNING + timedelta(hours=hours))
    opened(person, an_officer(), MORNING + timedelta(days=1))
    swept(MORNING + timedelta(days=1, hours=1))

    assert told(person) == [
        f"The office DEL viewed your file {person.reference} on 2026-11-23.",
        f"The office PGE viewed your file {person.reference} on 2026-11-23.",
        f"The office DEL viewed your file {person.reference} on 2026-11-24.",
    ]
    assert told(other) == []


def test_a_reading_of_the_day_before_yesterday_is_old_news():
    person = an_emigrant()
    opened(person, an_officer(), MORNING)

    swept(MORNING + timedelta(hours=27))

    assert told(person) == []
