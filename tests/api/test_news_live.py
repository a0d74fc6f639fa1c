"""The whole way of news: a change at the partner's process, its signed news, our job, the case."""

import threading
import time
from contextlib import contextmanager
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection

from emigrate.domains.clearances import tasks
from emigrate.domains.emigrants import tasks as emigrants
from emigrate.foundation.transactions import acting
from emigrate.ops.simulation.installation import introduce
from tests.factories.clearances import SYSTEM, lead, row
from tests.partners.bench import LiveSandbox

PATIENCE = 20


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


@contextmanager
def our_site():
    """Our application on a port of its own, in a thread; its address."""
    application = get_wsgi_application()

    def answered(environ, start_response):
        try:
            return application(environ, start_response)
        finally:
            connection.close()

    with make_server("127.0.0.1", 0, answered, handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def partners(tmp_path, settings):
    live = LiveSandbox(tmp_path / "sandbox")
    settings.KEYS = tmp_path / "keys"
    urls = live.greeting["base_urls"]
    settings.PARTNERS = {
        "passport_registry": urls["passport-registry"],
        "insurer": urls["insurer"],
    }
    introduce(live.greeting)
    yield live
    assert live.close() == 0


def waited(found):
    """What `found` gives, once it gives something."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if value := found():
            return value
        time.sleep(0.05)
    raise AssertionError("nothing came")


def asked_again():
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT args->>'passport_id' FROM procrastinate_jobs "
            "WHERE task_name = 'emigrants.check_again' AND status = 'todo'"
        )
        return [int(found[0]) for found in cursor.fetchall()]


def test_a_lost_passport_suspends_the_clearance(committed_scene, partners):
    scene, filed = committed_scene, committed_scene.drafts[0]
    case = lead(scene, filed.reference, "approved")
    number = filed.worker.drawn.passport_number
    partners.control("PUT", "clock", {"now": scene.now.isoformat()})

    with our_site() as site:
        partners.control("PUT", "callbacks", {"url": f"{site}/callbacks"})
        scene.do(tasks.watch_passports)
        partners.control("PUT", f"passports/{number}", {"status": "LOST"})
        waiting = waited(asked_again)
        news = waited(lambda: _delivered(partners))

    assert (waiting, news["status"]) == ([case.passport_id], 202)
    assert row(filed.reference).state == "approved", "news alone is believed by nobody"
    scene.do(emigrants.check_again, case.passport_id)
    assert row(filed.reference).state == "suspended"


def _delivered(partners):
    news = partners.control("GET", "news")["news"]
    return next((each for each in news if each["state"] == "delivered"), None)


@pytest.mark.parametrize("fault", ["tampered", "unsigned", "stale", "foreign_key"])
def test_what_somebody_else_sends_is_refused(committed_scene, partners, fault):
    filed = committed_scene.drafts[0]
    lead(committed_scene, filed.reference, "approved")
    data = {"passportNo": filed.worker.drawn.passport_number, "status": "LOST"}

    with our_site() as site:
        partners.control("PUT", "callbacks", {"url": f"{site}/callbacks"})
        told = {"partner": "passport-registry", "type": "passport.status.changed", "data": data}
        partners.control("POST", "news", {**told, "fault": fault})
        news = waited(lambda: _tried(partners))

    assert (news["status"], asked_again()) == (401, [])


def _tried(partners):
    news = partners.control("GET", "news")["news"]
    return next((each for each in news if each["tries"]), None)


def test_news_told_many_times_is_one_job(committed_scene, partners):
    filed = committed_scene.drafts[0]
    case = lead(committed_scene, filed.reference, "approved")
    data = {"passportNo": filed.worker.drawn.passport_number, "status": "LOST"}

    with our_site() as site:
        partners.control("PUT", "callbacks", {"url": f"{site}/callbacks"})
        told = {"partner": "passport-registry", "type": "passport.status.changed", "data": data}
        partners.control("POST", "news", {**told, "times": 5})
        waited(lambda: partners.control("GET", "state")["news"]["delivered"] == 5)
        statuses = [each["status"] for each in partners.control("GET", "news")["news"]]

    assert (statuses, asked_again()) == ([202, 200, 200, 200, 200], [case.passport_id])
