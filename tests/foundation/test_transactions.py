"""One transaction in which the database knows who acts, and when."""

import threading
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, OperationalError, connection

from emigrate.domains.employers import actions
from emigrate.domains.employers.actions.register import RegisteredAlready
from emigrate.domains.employers.models import Employer
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import DomainError
from emigrate.foundation.transactions import ATTEMPTS, acting, action, current, now, today
from tests.factories.employers import (
    SYSTEM,
    a_draft,
    a_submitted,
    an_applicant,
    an_employer,
    code_sent,
)
from tests.races import race

POE = Actor("poe", 7, office="DEL", request_id="r-1")
PGE = Actor("pge", 8)


def told():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT actor_role(), actor_user(), actor_organisation(), actor_office(), "
            "actor_country(), actor_person()"
        )
        return cursor.fetchone()


def fail_with(sqlstate):
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'made' USING ERRCODE = '{sqlstate}'; END $$")


def test_a_verb_needs_an_actor():
    @action
    def verb(*, actor):
        return actor

    for wrong in ({}, {"actor": None}, {"actor": "poe"}):
        with pytest.raises(TypeError, match="verb needs actor="):
            verb(**wrong)


def test_outside_a_transaction_nobody_acts():
    with pytest.raises(RuntimeError, match="no actor"):
        current()


def test_ctrl_c_during_a_statement_ends_as_ctrl_c(committed_database):
    """Nothing can be told to a connection that is busy, nor has to: the transaction is lost."""

    def interrupted():
        connection.connection.pgconn.send_query(b"SELECT pg_sleep(1)")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), acting(POE), acting(PGE):
        interrupted()

    with acting(POE):
        assert told()[0] == "poe"


@pytest.mark.django_db
def test_the_database_is_told_who_acts_and_told_back():
    with acting(POE):
        first = told()
        with acting(PGE):
            inner = (told(), current().actor)
        with acting(POE):
            same = told()
        back = told()

    assert first == same == back == ("poe", 7, None, "DEL", None, None)
    assert inner == (("pge", 8, None, None, None, None), PGE)


@pytest.mark.django_db
def test_a_refusal_inside_tells_the_outer_actor_back():
    with acting(POE):
        with pytest.raises(DomainError), acting(PGE):
            raise DomainError
        assert (told()[0], current().actor) == ("poe", POE)


def test_nothing_of_a_refused_verb_stays(committed_database):
    applicant = an_applicant()

    @action
    def register_and_refuse(*, actor):
        actions.attach_paper(a_draft(actor).reference, "licence", "D", actor=actor)
        raise DomainError

    with pytest.raises(DomainError):
        register_and_refuse(actor=applicant)

    with acting(SYSTEM):
        assert Employer.objects.count() == 0
    assert told()[0] is None


def test_after_the_transaction_nobody_acts_in_the_database(committed_database):
    with acting(POE):
        pass

    assert told() == (None, None, None, None, None, None)


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
def test_a_verb_is_repeated_when_the_database_asks_for_it(committed_database, sqlstate):
    tries = []

    @action
    def verb(*, actor):
        tries.append(actor)
        if len(tries) < ATTEMPTS:
            fail_with(sqlstate)
        return told()[0]

    assert verb(actor=POE) == "poe"
    assert len(tries) == ATTEMPTS


def test_a_verb_is_not_repeated_for_ever(committed_database):
    tries = []

    @action
    def verb(*, actor):
        tries.append(actor)
        fail_with("40001")

    with pytest.raises(OperationalError):
        verb(actor=POE)

    assert len(tries) == ATTEMPTS


def test_other_failures_are_not_repeated(committed_database):
    tries = []

    @action
    def verb(*, actor):
        tries.append(actor)
        fail_with("55P03")

    with pytest.raises(OperationalError):
        verb(actor=POE)

    assert len(tries) == 1


def test_two_verbs_in_each_others_way_both_succeed(committed_database):
    first, second = an_employer(), an_employer()
    meet = threading.Barrier(2)
    waited = threading.local()

    @action
    def lock_both(references, *, actor):
        rows = Employer.objects.select_for_update()
        rows.get(reference=references[0])
        if not getattr(waited, "once", False):
            waited.once = True
            meet.wait(timeout=30)
        rows.get(reference=references[1])
        return references

    pair = [first.reference, second.reference]

    outcomes = race(2, lambda number: lock_both(pair[:: 1 - 2 * number], actor=SYSTEM))

    assert outcomes == [pair, pair[::-1]]


def test_a_constraint_speaks_as_its_refusal(committed_database):
    a_submitted(registration_number="SAME-1")
    applicant = an_applicant()
    case = a_draft(applicant, registration_number="same 1")
    actions.verify_email(case.reference, code_sent(case.reference), actor=applicant)

    with pytest.raises(RegisteredAlready) as caught:
        actions.submit_registration(case.reference, actor=applicant)

    assert caught.value.facts == {"constraint": "one_employer_a_registration"}


def test_another_constraint_stays_an_error(committed_database):
    with pytest.raises(IntegrityError), acting(SYSTEM):
        Employer.objects.filter(pk=an_employer().pk).update(indian_workers=-1)


@pytest.mark.django_db
def test_the_day_is_that_of_the_offices():
    with clock.simulate(datetime(2026, 3, 31, 18, 30, tzinfo=UTC)), acting(SYSTEM):
        assert (now(), today()) == (datetime(2026, 3, 31, 18, 30, tzinfo=UTC), date(2026, 4, 1))


def test_a_simulated_moment_has_a_zone():
    with pytest.raises(ValueError, match="aware"), clock.simulate(datetime(2026, 1, 1)):
        pass
