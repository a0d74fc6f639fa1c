"""One key, one effect; a try that counts although it is refused; a few statements a call."""

from datetime import datetime, time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from emigrate.domains.emigrants.models import Emigrant
from emigrate.domains.employers.models import EmailCode
from emigrate.domains.reference.enums import Role
from emigrate.foundation.clock import OFFICE_ZONE
from emigrate.foundation.transactions import acting
from tests.api.caller import SYSTEM, Caller, caller, code_of
from tests.api.journeys.parties import an_employer
from tests.api.test_bulk import a_row
from tests.api.walk import Walk
from tests.factories.clearances import lead
from tests.races import race


def test_thirty_two_calls_with_one_key_register_one_person(committed_scene):
    scene = committed_scene
    agent = caller(scene.agent, moment=scene.now)
    with acting(SYSTEM):
        before = Emigrant.objects.count()

    def call(_: int):
        own = Caller(agent.token, agent.moment)
        return own.post("/emigrants", a_row(scene, 1), Idempotency_Key="one-key-for-all")

    answers = race(32, call)
    connection.close()

    with acting(SYSTEM):
        made = Emigrant.objects.count() - before
    first = [
        each
        for each in answers
        if each.status_code == 201 and "Idempotency-Replayed" not in each.headers
    ]
    refused = {code_of(each) for each in answers if each.status_code >= 400}
    assert (made, len(first)) == (1, 1)
    assert refused <= {(409, "request_in_flight")}


def test_thirty_two_departures_with_keys_of_their_own_are_one(committed_scene):
    scene = committed_scene
    filed = scene.drafts[0]
    leaves = lead(scene, filed.reference, "approved").departs_on
    border = caller(scene.border(), moment=datetime.combine(leaves, time(12), OFFICE_ZONE))
    body = {
        "reference": filed.reference,
        "airport": "DEL",
        "flight": "XX101",
        "passport_number": filed.worker.drawn.passport_number,
    }

    answers = race(32, lambda _: Caller(border.token, border.moment).post("/departures", body))
    connection.close()

    codes = sorted(each.status_code for each in answers)
    assert codes == [201] + [409] * 31


def test_a_wrong_code_counts_as_a_try_though_it_is_refused(scene):
    walk = Walk(scene)
    new = {"kind": "employer", "name": "Tries LLC", "country": "SAU"}
    organisation = walk.post(scene.officer(Role.PGE), "/organisations", new)["id"]
    owner = scene.world.member(Role.FE_ADMIN, "Tries", organisation_id=organisation, country="SAU")
    case = walk.post(owner, "/employers", an_employer(walk, "Tries LLC", "CR-88001"))
    asking = caller(owner, moment=scene.now)

    refused = asking.post(f"/employers/{case['reference']}/verify-email", {"code": "000000"})

    with acting(SYSTEM):
        tries = EmailCode.objects.get(employer__reference=case["reference"]).tries
    assert (code_of(refused), tries) == ((422, "invalid_input"), 1)


def test_a_call_costs_few_statements_besides_its_action(scene):
    border = caller(scene.border(), moment=scene.now)
    agent = caller(scene.agent, moment=scene.now)
    reference = scene.drafts[0].reference
    lead(scene, reference, "approved")
    border.get("/me")

    with CaptureQueriesContext(connection) as check:
        border.post("/counter/check", {"reference": reference})
    with CaptureQueriesContext(connection) as listed:
        agent.get("/clearances?limit=1")

    assert (len(check), len(listed)) == (5, 5)
