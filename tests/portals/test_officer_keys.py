"""How much an officer does for a clean case, counted in a real browser with real keys.

Counted from the loaded queue to the decision: every page that loads after it (the case, and the
queue with the decision written on it), and every key pressed; a key held with another counts too.
"""

import os
import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core import signing
from django.core.wsgi import get_wsgi_application
from django.db import connection

from bench.browser import CHROMIUM, Page, chromium
from emigrate.domains.accounts.actions import start_session
from emigrate.domains.accounts.models import Membership
from emigrate.foundation import clock
from emigrate.foundation.transactions import acting
from emigrate.portals.sign_in import COOKIE, SALT
from tests.factories.clearances import SYSTEM, Scene, a_draft, a_job, lead, row

MOST_LOADS, MOST_KEYS = 2, 6
IN_THE_FLOORS_CURRENCY = (600_00, "USD")
"""A wage in another currency than the floor's is for an officer to compare: no clean case."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None and os.environ.get("CI") != "true",
        reason="needs Debian's chromium (apt-get install chromium)",
    ),
]


class Server(ThreadingMixIn, WSGIServer):
    """A thread a request; the connection of a thread is closed with it."""

    daemon_threads = True
    block_on_close = False


class Quiet(WSGIRequestHandler):
    """Writes no log."""

    def log_message(self, *args):
        pass


def at_moment(application, moment):
    def answer(environ, start_response):
        with clock.simulate(moment):
            body = application(environ, start_response)
            try:
                return list(body)
            finally:
                body.close()
                connection.close()

    return answer


@pytest.fixture
def site(committed_scene: Scene) -> Iterator[str]:
    """The pages on a port of their own, at the scene's moment."""
    application = at_moment(get_wsgi_application(), committed_scene.now)
    with make_server("127.0.0.1", 0, application, Server, Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def officer(site, committed_scene, tmp_path) -> Iterator[tuple[Page, str]]:
    """An officer before the queue, in which one clean case waits."""
    scene = committed_scene
    job = a_job(scene.world, scene.agency, scene.company, wage=IN_THE_FLOORS_CURRENCY)
    reference = a_draft(scene, job).reference
    lead(scene, reference, "queued")
    actor = scene.officer()
    with acting(SYSTEM):
        member = Membership.objects.get(user_id=actor.user_id)
    secret = scene.do(start_session, member.pk, actor=SYSTEM)
    with chromium(tmp_path) as page:
        page.cookie(COOKIE, signing.TimestampSigner(salt=SALT).sign(secret), site)
        page.open(f"{site}/officer/")
        page.count()
        yield page, reference


def by_access_key(page):
    page.press("Enter", loads=True)
    page.press("a", alt=True, loads=True)


def by_tab(page):
    page.press("Enter", loads=True)
    page.press("Tab")
    page.press("Enter")
    page.press("Tab")
    page.press("Enter", loads=True)


@pytest.mark.parametrize(("way", "keys"), [(by_access_key, 3), (by_tab, 5)])
def test_a_clean_case_from_queue_to_decision(officer, way, keys):
    page, reference = officer

    way(page)

    assert row(reference).state == "approved"
    assert page.run("document.querySelector('.done-note').textContent").startswith(reference)
    assert (page.loads, page.keys) == (MOST_LOADS, keys)
    assert page.keys <= MOST_KEYS
