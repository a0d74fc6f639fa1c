import pytest
from django.db import connection
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from emigrate.domains.accounts.actions import end_membership
from emigrate.domains.accounts.models import Session
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting
from emigrate.portals.sign_in import (
    COOKIE,
    SignedIn,
    demonstration_accounts,
    sign_in_for_demonstration,
    sign_out,
)
from tests.factories.accounts import SYSTEM, an_officer

pytestmark = pytest.mark.django_db

REQUESTS = RequestFactory()


def request(cookie=None):
    made = REQUESTS.get("/", headers={"X-Request-Id": "request-1"})
    if cookie is not None:
        made.COOKIES[COOKIE] = cookie
    return made


def signed_in(member):
    answer = HttpResponse()
    sign_in_for_demonstration(request(), answer, member.pk)
    return answer.cookies[COOKIE]


def actor_with(cookie):
    asked = request(cookie)
    answer = SignedIn(lambda _: HttpResponse())(asked)
    return asked.actor, answer


def test_the_cookie_becomes_the_actor_in_one_statement():
    member = an_officer(office="DEL")
    cookie = signed_in(member).value

    with CaptureQueriesContext(connection) as asked:
        actor, answer = actor_with(cookie)

    assert len(asked) == 1
    assert actor == Actor(
        "poe", user_id=member.user_id, office="DEL", channel="web", request_id="request-1"
    )
    assert COOKIE not in answer.cookies


def test_without_a_cookie_anybody_asks_and_the_database_is_not_asked():
    with CaptureQueriesContext(connection) as asked:
        actor, answer = actor_with(None)

    assert (actor, len(asked), COOKIE in answer.cookies) == (Actor.public("request-1"), 0, False)


@pytest.mark.parametrize("change", [lambda c: c + "x", lambda c: "x" + c, lambda c: "", str.upper])
def test_a_cookie_that_was_changed_is_nobody_and_is_taken_away(change):
    cookie = change(signed_in(an_officer()).value)

    with CaptureQueriesContext(connection) as asked:
        actor, answer = actor_with(cookie)

    assert (actor, len(asked)) == (Actor.public("request-1"), 0)
    assert answer.cookies[COOKIE]["max-age"] == 0


def test_the_cookie_is_closed_to_scripts_and_other_sites():
    morsel = signed_in(an_officer())

    assert (morsel["httponly"], morsel["samesite"], morsel["path"], morsel["max-age"]) == (
        True,
        "Lax",
        "/",
        12 * 3600,
    )


def test_signing_out_ends_the_session_itself():
    cookie = signed_in(an_officer()).value
    answer = HttpResponse()

    sign_out(request(cookie), answer)

    assert answer.cookies[COOKIE]["max-age"] == 0
    assert actor_with(cookie)[0] == Actor.public("request-1")


def test_signing_out_without_a_session_does_nothing():
    answer = HttpResponse()

    sign_out(request("nonsense"), answer)

    assert answer.cookies[COOKIE]["max-age"] == 0


def test_signing_in_anew_ends_the_session_before():
    first, second = an_officer(), an_officer()
    old = signed_in(first).value
    answer = HttpResponse()

    sign_in_for_demonstration(request(old), answer, second.pk)

    assert actor_with(old)[0].role == "public"
    assert actor_with(answer.cookies[COOKIE].value)[0].user_id == second.user_id


def test_the_demonstration_offers_its_open_accounts():
    stays, goes = an_officer(), an_officer()
    end_membership(goes.pk, actor=SYSTEM)

    offered = [member.pk for member in demonstration_accounts()]

    assert offered == [stays.pk]


def test_outside_the_demonstration_nobody_signs_in_without_a_password(settings):
    member = an_officer()
    settings.MODE = "production"

    with pytest.raises(Http404):
        demonstration_accounts()
    with pytest.raises(Http404):
        sign_in_for_demonstration(request(), HttpResponse(), member.pk)

    with acting(SYSTEM):
        assert Session.objects.count() == 0
