"""A worker signs in as oneself: registered by oneself, or by an agency and named by an office."""

import pytest

from emigrate.domains.accounts.models import Membership
from emigrate.domains.emigrants.models import Emigrant
from emigrate.domains.reference.enums import Role
from tests.api.caller import caller, code_of
from tests.api.journeys.words import a_person
from tests.api.walk import Walk

pytestmark = pytest.mark.django_db


def test_who_registers_oneself_signs_in_as_that_person(scene):
    walk = Walk(scene)
    worker = scene.world.member(Role.EMIGRANT, "New worker")

    made = walk.post(worker, "/emigrants", a_person(walk, "Z0900071"))

    person = walk.row(Emigrant, reference=made["reference"])
    assert walk.row(Membership, user_id=worker.user_id).person_id == person.pk
    again = caller(worker, moment=scene.now).post("/emigrants", a_person(walk, "Z0900072"))
    assert code_of(again) == (409, "account_has_a_person")


def test_a_worker_whom_an_agency_registered_is_given_an_account(scene):
    walk = Walk(scene)
    chief, draft = scene.officer(Role.PGE), scene.drafts[0]
    user = walk.post(chief, "/users", {"login": "worker-71", "display_name": "Worker"})["id"]
    named = {"user": user, "role": "emigrant", "emigrant": draft.worker.case.reference}

    made = walk.post(chief, "/memberships", named)

    held = walk.row(Membership, pk=made["id"])
    assert held.person_id == draft.worker.case.pk


@pytest.mark.parametrize(
    ("named", "answer"),
    [
        ({"role": "emigrant", "emigrant": "EM-UNKNOWN"}, (404, "not_found")),
        ({"role": "pge"}, (422, "invalid_input")),
    ],
)
def test_a_person_that_does_not_fit_is_refused(scene, named, answer):
    walk = Walk(scene)
    chief = scene.officer(Role.PGE)
    user = walk.post(chief, "/users", {"login": "worker-72", "display_name": "Worker"})["id"]
    body = {"user": user, "emigrant": scene.drafts[0].worker.case.reference, **named}

    refused = caller(chief, moment=scene.now).post("/memberships", body)

    assert code_of(refused) == answer
    assert walk.row(Membership, user_id=user) is None
