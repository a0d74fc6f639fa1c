"""Charges at the machine's door: what the API refuses, and what it leaves as it was."""

import pytest

from emigrate.domains.emigrants import actions as emigrants
from emigrate.domains.payments.models import Charge
from emigrate.foundation.transactions import acting
from tests.api.caller import caller, code_of
from tests.factories.clearances import SYSTEM
from tests.factories.scene import scene, scene_database, scene_made

__all__ = ["scene", "scene_database", "scene_made"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(scene):
    return caller(scene.agent, moment=scene.now)


@pytest.fixture
def other(scene):
    """Another agency, which the first draft's worker lets see the record."""
    worker, agency = scene.drafts[0].worker, scene.other_agency.actor
    scene.do(
        emigrants.link_agent, worker.case.reference, agency.organisation_id, actor=worker.actor
    )
    return caller(agency, moment=scene.now)


def said(filed, **other):
    return {
        "emigrant": filed.worker.case.reference,
        "subject": filed.contract.reference,
        "head": "service",
        "receipt_number": "R-9",
        "amount": "9000.00",
        "currency": "INR",
    } | other


def faults(response):
    return [(each["pointer"], each["code"]) for each in response.json()["errors"]]


def recorded():
    with acting(SYSTEM):
        return list(Charge.objects.order_by("pk").values())


def test_the_agency_records_on_its_own_contract(agent, scene):
    filed = scene.drafts[0]

    response = agent.post("/charges", said(filed))

    row = recorded()[-1]
    assert (response.status_code, response.json()["subject"]) == (201, filed.contract.reference)
    assert (row["person_id"], row["amount_minor"]) == (filed.worker.case.pk, 900_000)


@pytest.mark.parametrize("currency", ["USD", "KWD", "XXX"])
def test_dollars_do_not_pass_as_rupees(agent, scene, currency):
    before = recorded()

    response = agent.post("/charges", said(scene.drafts[0], currency=currency))

    assert code_of(response) == (422, "invalid_input")
    assert faults(response) == [("/currency", "currency_not_home")]
    assert recorded() == before


def test_another_agency_records_nothing_and_learns_nothing(other, scene):
    before, filed = recorded(), scene.drafts[0]

    visible = other.get(f"/emigrants/{filed.worker.case.reference}")
    real = other.post("/charges", said(filed, amount="99999.00"))
    unknown = other.post("/charges", said(filed, subject="CT-2026-0000000-0"))

    assert visible.status_code == 200
    assert code_of(real) == code_of(unknown) == (404, "not_found")
    assert real.json()["facts"] == unknown.json()["facts"] == {"subject": "contract"}
    assert recorded() == before


@pytest.mark.parametrize("named", ["another's", "unknown"])
def test_the_person_is_the_contracts(agent, scene, named):
    before = recorded()
    person = scene.drafts[1].worker.case.reference if named == "another's" else "EM-UNKNOWN"

    response = agent.post("/charges", said(scene.drafts[0], emigrant=person))

    assert code_of(response) == (422, "invalid_input")
    assert faults(response) == [("/emigrant", "emigrant_not_of_contract")]
    assert recorded() == before


def test_the_subject_is_a_contract(agent, scene):
    before, filed = recorded(), scene.drafts[0]

    for subject in (filed.reference, "CT-2026-0000000-0", filed.worker.case.reference):
        assert code_of(agent.post("/charges", said(filed, subject=subject))) == (404, "not_found")
    assert recorded() == before


def test_only_agencies_record(scene):
    before, filed = recorded(), scene.drafts[0]

    for actor in (scene.officer(), scene.mission(), scene.company.actor, filed.worker.actor):
        response = caller(actor, moment=scene.now).post("/charges", said(filed))
        assert code_of(response) == (403, "not_permitted")
    assert recorded() == before


def test_the_worker_answers_in_rupees(agent, scene):
    first, second = scene.drafts[:2]
    worker, stranger = (caller(x.worker.actor, moment=scene.now) for x in (first, second))
    page = f"/charges/{agent.post('/charges', said(first)).json()['id']}/answer"
    before = recorded()

    foreign = worker.post(page, {"amount": "100.00", "currency": "USD"})
    unseen = [
        stranger.post(page, {"amount": "100.00", "currency": each}) for each in ("INR", "USD")
    ]

    assert faults(foreign) == [("/currency", "currency_not_home")]
    assert [code_of(each) for each in unseen] == [(404, "not_found")] * 2
    assert recorded() == before
    answered = worker.post(page, {"amount": "12000.00", "currency": "INR"}).json()
    assert (answered["disputed"], answered["worker_says"]["amount"]) == (True, "12000.00")
