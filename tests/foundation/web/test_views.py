import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import Exhausted, NotPermitted
from emigrate.foundation.transactions import acting, action, current
from emigrate.foundation.web.views import Act, head_as_get, page

pytestmark = pytest.mark.django_db
ACTOR = Actor("poe", 1, office="DEL")


def asked(view, allowed=lambda actor: None):
    request = RequestFactory().get("/")
    request.actor = ACTOR
    shown = page(
        view,
        allowed=allowed,
        refusal=lambda _, error: HttpResponse(error.code, status=error.status),
    )
    return shown(request)


def told():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('app.role', true), current_setting('app.office', true)"
        )
        return cursor.fetchone()


def test_the_database_knows_the_actor_while_a_page_reads():
    answer = asked(lambda request: HttpResponse(" ".join(told())))

    assert answer.content == b"poe DEL"


def test_nothing_is_read_before_the_permission_is_asked():
    read = []

    def never(actor):
        raise NotPermitted(permission="x")

    answer = asked(lambda request: read.append(1), allowed=never)

    assert (answer.status_code, read) == (403, [])


def test_a_refusal_while_reading_is_shown():
    def view(request):
        raise Exhausted

    assert asked(view).content == b"exhausted"


def test_the_action_runs_once_after_the_reading_and_leads_on():
    steps = []

    @action
    def verb(*, actor):
        steps.append(current().actor)
        return "done"

    answer = asked(lambda request: Act(lambda: verb(actor=ACTOR), then=lambda done: f"/{done}"))

    assert (answer.status_code, answer["Location"], steps) == (302, "/done", [ACTOR])


def test_the_action_has_a_transaction_of_its_own():
    depth = []

    def view(request):
        depth.append(len(connection.savepoint_ids))
        return Act(lambda: depth.append(len(connection.savepoint_ids)), then=lambda done: "/")

    asked(view)

    assert depth == [1, 0]


def test_a_refused_action_is_shown_by_the_page_itself():
    def refused():
        raise Exhausted

    def again(error):
        return HttpResponse(f"{error.code} {told()[0]}")

    answer = asked(lambda request: Act(refused, then=str, refused=again))

    assert answer.content == b"exhausted poe"


def test_a_refused_action_without_a_page_is_a_refusal():
    def refused():
        raise Exhausted

    assert asked(lambda request: Act(refused, then=str)).content == b"exhausted"


def test_other_faults_are_not_hidden():
    def view(request):
        raise KeyError("x")

    with pytest.raises(KeyError):
        asked(view)
    with acting(ACTOR):
        assert told() == ("poe", "DEL")


def test_head_is_get_without_its_content():
    seen = []

    def view(request):
        seen.append(request.method)
        return HttpResponse("four", status=201, headers={"X-Said": "yes"})

    answer = head_as_get(view)(RequestFactory().head("/"))

    assert (seen, answer.status_code, answer.content) == (["GET"], 201, b"")
    assert (answer["Content-Length"], answer["X-Said"]) == ("4", "yes")


@pytest.mark.parametrize("method", ["get", "post"])
def test_other_methods_keep_their_content(method):
    answer = head_as_get(lambda request: HttpResponse(request.method))(
        getattr(RequestFactory(), method)("/")
    )

    assert (answer.content, "Content-Length" in answer) == (method.upper().encode(), False)
