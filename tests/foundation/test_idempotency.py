"""One answer a key: replayed, refused for another request, kept with its effect or not at all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from emigrate.domains.accounts.enums import OrganisationKind
from emigrate.domains.accounts.models import Organisation
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import InFlight, KeyReused, WrongState
from emigrate.foundation.idempotency import Answer, Keyed, answered_once, purge_expired
from emigrate.foundation.models import IdempotencyKey
from emigrate.foundation.transactions import acting, now
from tests.races import race

SYSTEM = Actor.system("test")
MEMBER = Actor("pge", user_id=7, request_id="test")
ASKED = Keyed("key-00000001", "POST /v1/things", b'{"name": "x"}')
MOMENT = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def made(body: bytes = b'{"made": 1}') -> Answer:
    """One row as the effect, so that a doubled effect can be counted."""
    Organisation.objects.create(
        kind=OrganisationKind.AGENT, name="Effect", country="IND", created_at=now()
    )
    return Answer(201, body, {"ETag": '"1"'})


def effects() -> int:
    with acting(SYSTEM):
        return Organisation.objects.filter(name="Effect").count()


def kept() -> list[IdempotencyKey]:
    with acting(SYSTEM):
        return list(IdempotencyKey.objects.order_by("id"))


@pytest.mark.django_db
def test_the_second_time_gets_the_first_answer_and_does_nothing():
    first = answered_once(ASKED, made, actor=MEMBER)

    again = answered_once(ASKED, lambda: made(b"other"), actor=MEMBER)

    assert (again, effects()) == (replace(first, replayed=True), 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, body=b'{"name": "y"}'),
        replace(ASKED, route="POST /v1/others"),
    ],
)
def test_a_key_of_another_request_is_refused(other):
    answered_once(ASKED, made, actor=MEMBER)

    with pytest.raises(KeyReused):
        answered_once(other, made, actor=MEMBER)

    assert effects() == 1


@pytest.mark.django_db
def test_an_account_in_another_place_is_another_asker():
    answered_once(ASKED, made, actor=replace(MEMBER, organisation_id=1))

    with pytest.raises(KeyReused):
        answered_once(ASKED, made, actor=replace(MEMBER, organisation_id=2))


@pytest.mark.django_db
def test_two_accounts_may_use_the_same_key():
    answered_once(ASKED, made, actor=MEMBER)

    second = answered_once(ASKED, made, actor=replace(MEMBER, user_id=8))

    assert (second.replayed, effects()) == (False, 2)


def test_a_refusal_keeps_neither_effect_nor_answer(committed_database):
    def refused() -> Answer:
        made()
        raise WrongState(verb="make", state="made")

    with pytest.raises(WrongState):
        answered_once(ASKED, refused, actor=MEMBER)

    assert (effects(), kept()) == (0, [])


@pytest.mark.django_db
def test_an_answer_is_sealed_and_its_place_is_part_of_the_seal():
    answered_once(ASKED, lambda: made(b"a secret that is shown once"), actor=MEMBER)

    row = kept()[0]

    assert b"secret" not in bytes(row.body)


@pytest.mark.django_db
@pytest.mark.parametrize(("lifelong", "again"), [(False, False), (True, True)])
def test_after_two_days_only_lifelong_answers_stand(lifelong, again):
    asked = replace(ASKED, lifelong=lifelong)
    with clock.simulate(MOMENT):
        answered_once(asked, made, actor=MEMBER)

    with clock.simulate(MOMENT + timedelta(hours=49)):
        later = answered_once(asked, made, actor=MEMBER)

    assert (later.replayed, effects()) == (again, 1 if again else 2)


@pytest.mark.django_db
def test_purging_deletes_what_is_past_its_time_and_nothing_else():
    with clock.simulate(MOMENT):
        answered_once(ASKED, made, actor=MEMBER)
        answered_once(replace(ASKED, key="key-for-life", lifelong=True), made, actor=MEMBER)

    with clock.simulate(MOMENT + timedelta(hours=47)):
        early = purge_expired(actor=SYSTEM)
    with clock.simulate(MOMENT + timedelta(hours=49)):
        late = purge_expired(actor=SYSTEM)

    assert (early, late, [row.key for row in kept()]) == (0, 1, ["key-for-life"])


@pytest.mark.django_db
def test_nobody_sees_another_accounts_answers():
    answered_once(ASKED, made, actor=MEMBER)

    with acting(replace(MEMBER, user_id=8)):
        seen = IdempotencyKey.objects.count()

    assert seen == 0


def test_thirty_two_askers_of_one_key_have_one_effect(committed_database):
    answers = race(32, lambda _: answered_once(ASKED, made, actor=MEMBER))
    connection.close()

    refused = [each for each in answers if isinstance(each, Exception)]
    first = [each for each in answers if isinstance(each, Answer) and not each.replayed]
    assert (effects(), len(kept()), len(first)) == (1, 1, 1)
    assert {type(each) for each in refused} <= {InFlight}
