"""What the registry tells of a passport lets it be asked again, and nothing else."""

from uuid import UUID

import pytest
from django.db import connection

from emigrate.domains.emigrants import actions, tasks
from emigrate.domains.emigrants.models import Passport
from emigrate.domains.emigrants.queries import number_of, passport_numbers
from emigrate.foundation.errors import Busy, NotPermitted
from emigrate.foundation.http import Reason
from emigrate.foundation.transactions import acting
from emigrate.partners.passport_registry.contract import PassportStatus, Unavailable
from tests.factories.emigrants import (
    SYSTEM,
    a_passport,
    a_verified_emigrant,
    an_agent,
    an_answer,
    the_person,
)

pytestmark = pytest.mark.django_db


def waiting():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args->>'passport_id' FROM procrastinate_jobs "
            "WHERE task_name = 'emigrants.check_again' ORDER BY id"
        )
        return [int(row[0]) for row in cursor.fetchall()]


def the_passport(person):
    with acting(SYSTEM):
        return Passport.objects.get(emigrant=person, current=True)


def the_number(passport):
    with acting(SYSTEM):
        return number_of(passport)


@pytest.fixture
def registry(monkeypatch):
    """What the registry was asked; it says what the test puts in `word`."""

    class Registry:
        word = an_answer()
        asked = []

        def verify(self, question, *, request_id):
            self.asked.append((question.number, request_id))
            if isinstance(self.word, Exception):
                raise self.word
            return self.word

    Registry.asked = []
    made = Registry()
    monkeypatch.setattr(tasks, "passport_registry", lambda: made)
    return made


def test_news_of_a_passport_lets_it_be_asked_about_once():
    passport = the_passport(a_verified_emigrant())

    for _ in range(3):
        actions.take_status_news(the_number(passport), actor=SYSTEM)

    assert waiting() == [passport.pk]
    assert the_passport(passport.emigrant).check_state == "matched"


def test_news_of_a_passport_that_nobody_has_changes_nothing():
    a_verified_emigrant()

    actions.take_status_news("Q7654321", actor=SYSTEM)

    assert waiting() == []


def test_every_record_that_holds_the_number_is_asked_about(registry):
    """A passport that was replaced on record is asked about by its own number."""
    person = a_verified_emigrant()
    first = the_passport(person)
    second = a_passport(person)

    actions.take_status_news(the_number(first), actor=SYSTEM)
    tasks.check_again(first.pk)

    assert waiting() == [first.pk]
    assert [number for number, _ in registry.asked] == [the_number(first)]
    assert the_number(first) != the_number(second)


def test_what_the_registry_answers_is_kept(registry):
    registry.word = an_answer(status=PassportStatus.REISSUED)
    person = a_verified_emigrant()
    passport = the_passport(person)

    tasks.check_again(passport.pk)

    kept = the_passport(person)
    assert (kept.check_state, kept.registry_status) == ("revoked", "REISSUED")
    assert isinstance(registry.asked[0][1], UUID)


def test_a_registry_that_is_down_changes_nothing(registry):
    registry.word = Unavailable(
        Reason.TIMED_OUT, partner="passport-registry", operation="verify", request_id=""
    )
    passport = the_passport(a_verified_emigrant())

    with pytest.raises(Busy):
        tasks.check_again(passport.pk)

    assert the_passport(passport.emigrant).check_state == "matched"


def test_a_passport_that_is_gone_is_not_asked_about(registry):
    tasks.check_again(10**9)

    assert registry.asked == []


@pytest.mark.parametrize("act", ["news", "watched", "numbers"])
def test_only_the_platform_may(act):
    person = a_verified_emigrant()
    passport = the_passport(person)
    acts = {
        "news": lambda actor: actions.take_status_news("Q7654321", actor=actor),
        "watched": lambda actor: actions.record_watched(
            [passport.pk], passport.expires_on, actor=actor
        ),
        "numbers": lambda actor: passport_numbers([passport.pk], actor=actor, purpose="test"),
    }

    for actor in (the_person(person), an_agent(1)):
        with pytest.raises(NotPermitted):
            acts[act](actor)
