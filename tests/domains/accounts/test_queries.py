from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emigrate.domains.accounts.actions import (
    end_membership,
    end_session,
    issue_token,
    revoke_token,
    start_session,
    suspend_user,
)
from emigrate.domains.accounts.models import AccessToken, Session
from emigrate.domains.accounts.queries import actor_of_session, actor_of_token
from emigrate.domains.reference.enums import Role
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotSignedIn
from tests.factories.accounts import SYSTEM, a_membership, an_agency, an_officer

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def settings_of_the_actor():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('app.role', true), ''),"
            " coalesce(current_setting('app.user', true), ''),"
            " coalesce(current_setting('app.presented', true), '')"
        )
        return cursor.fetchone()


def test_a_session_becomes_its_actor_in_one_statement():
    agency = an_agency()
    member = a_membership(Role.RA_ADMIN, organisation_id=agency.pk)
    secret = start_session(member.pk, actor=SYSTEM)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        actor = actor_of_session(secret, "request-1")

    assert len(asked) == 1
    assert actor == Actor(
        role="ra_admin",
        user_id=member.user_id,
        organisation_id=agency.pk,
        channel="web",
        request_id="request-1",
    )


def test_a_token_becomes_its_actor_in_one_statement():
    member = an_officer(office="DEL")
    secret = issue_token(member.pk, "laptop", 30, actor=SYSTEM)

    with CaptureQueriesContext(connection) as asked:
        actor = actor_of_token(secret, "r")

    assert len(asked) == 1
    assert actor == Actor(
        role="poe", user_id=member.user_id, office="DEL", channel="api", request_id="r"
    )


def test_a_look_up_leaves_no_actor_behind():
    member = an_officer()
    secret = start_session(member.pk, actor=SYSTEM)
    before = settings_of_the_actor()

    actor_of_session(secret, "")

    assert settings_of_the_actor() == before
    assert before[2] == ""


@pytest.mark.parametrize("secret", ["", "x", "emt_unknown", "é" * 20, "x" * 201])
def test_an_unknown_secret_signs_nobody_in(secret):
    with pytest.raises(NotSignedIn):
        actor_of_session(secret, "")
    with pytest.raises(NotSignedIn):
        actor_of_token(secret, "")


def test_a_session_is_no_token_and_a_token_no_session():
    member = an_officer()
    session = start_session(member.pk, actor=SYSTEM)
    token = issue_token(member.pk, "laptop", 1, actor=SYSTEM)

    with pytest.raises(NotSignedIn):
        actor_of_token(session, "")
    with pytest.raises(NotSignedIn):
        actor_of_session(token, "")


@pytest.mark.parametrize(
    "close",
    [
        lambda member, secret, token: suspend_user(member.user_id, actor=SYSTEM),
        lambda member, secret, token: end_membership(member.pk, actor=SYSTEM),
    ],
)
def test_a_closed_account_signs_in_nowhere_from_that_moment(close):
    member = an_officer()
    session = start_session(member.pk, actor=SYSTEM)
    token = issue_token(member.pk, "laptop", 1, actor=SYSTEM)

    close(member, session, token)

    with pytest.raises(NotSignedIn):
        actor_of_session(session, "")
    with pytest.raises(NotSignedIn):
        actor_of_token(token, "")


def test_an_ended_session_and_a_revoked_token_sign_nobody_in():
    member = an_officer()
    session = start_session(member.pk, actor=SYSTEM)
    token = issue_token(member.pk, "laptop", 1, actor=SYSTEM)
    me = actor_of_session(session, "")

    revoke_token(AccessToken.objects.get().pk, actor=me)
    end_session(session, actor=me)

    with pytest.raises(NotSignedIn):
        actor_of_session(session, "")
    with pytest.raises(NotSignedIn):
        actor_of_token(token, "")


@pytest.mark.parametrize(
    ("later", "open_still"),
    [(timedelta(hours=11, minutes=59), True), (timedelta(hours=12), False)],
)
def test_a_session_ends_after_twelve_hours(later, open_still):
    member = an_officer()
    with clock.simulate(MORNING):
        secret = start_session(member.pk, actor=SYSTEM)

    with clock.simulate(MORNING + later):
        try:
            found = actor_of_session(secret, "").user_id == member.user_id
        except NotSignedIn:
            found = False

    assert found is open_still


def test_the_sign_in_sees_the_presented_secret_alone():
    mine, other = an_officer(), an_officer()
    secret = start_session(mine.pk, actor=SYSTEM)
    start_session(other.pk, actor=SYSTEM)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.role', 'sign_in', true), set_config('app.user', '', true),"
            " set_config('app.presented', encode(sha256(convert_to(%s, 'UTF8')), 'hex'), true)",
            [secret],
        )
        seen = list(Session.objects.values_list("membership_id", flat=True))
        cursor.execute("SELECT set_config('app.presented', '', true)")
        without = list(Session.objects.values_list("membership_id", flat=True))

    assert (seen, without) == ([mine.pk], [])
