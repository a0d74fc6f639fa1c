"""After the approval: suspension, cancellation and expiry, as the gate at the airport sees them."""

from datetime import timedelta

import pytest

from emigrate.domains.clearances import actions
from emigrate.domains.contracts import actions as contracts
from emigrate.domains.credentials.actions import export
from emigrate.domains.credentials.models import Credential
from emigrate.domains.credentials.queries import qr_text
from emigrate.domains.notifications.models import Message
from emigrate.foundation import clock
from emigrate.foundation.errors import Blocked
from emigrate.foundation.transactions import acting
from gate.verdict import Verifier
from tests.factories.clearances import SYSTEM, counters, lead, row, taken
from tests.factories.emigrants import the_person


def at_the_gate(scene, folder, reference, *, after=timedelta(minutes=1)):
    """The gate's verdict from an export made now, read a moment later."""
    with clock.simulate(scene.now):
        with acting(SYSTEM):
            text = qr_text(reference, actor=SYSTEM)
        export(folder, actor=SYSTEM)
    files = [path.read_bytes() for path in sorted((folder / "status").iterdir())]
    verifier = Verifier(
        (folder / "root.pem").read_bytes(), (folder / "trust.cbor").read_bytes(), files
    )
    return verifier.check(text, scene.now + after)


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ("approved", "valid"),
        ("used", "valid"),
        ("suspended", "suspended"),
        ("cancelled", "revoked"),
    ],
)
def test_the_gate_follows(scene, tmp_path, state, verdict):
    filed = scene.drafts[0]
    lead(scene, filed.reference, state)

    answer = at_the_gate(scene, tmp_path, filed.reference)

    assert answer.verdict == verdict


def test_a_restored_clearance_is_valid_again(scene, tmp_path):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "suspended")
    for number in (1, 2):
        taken(scene, "restore", filed.reference, actor=scene.officer(number=number))

    assert at_the_gate(scene, tmp_path, filed.reference).verdict == "valid"


def test_a_proposed_restoration_restores_nothing(scene, tmp_path):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "suspended")
    taken(scene, "restore", filed.reference)

    assert at_the_gate(scene, tmp_path, filed.reference).verdict == "suspended"


def test_a_cancelled_suspension_is_revoked(scene, tmp_path):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "suspended")
    taken(scene, "cancel", filed.reference)

    assert at_the_gate(scene, tmp_path, filed.reference).verdict == "revoked"


@pytest.mark.parametrize(
    ("state", "event"), [("suspended", "suspended"), ("cancelled", "cancelled")]
)
def test_the_person_and_the_agency_are_told(scene, state, event):
    filed = scene.drafts[0]

    lead(scene, filed.reference, state)

    with acting(SYSTEM):
        told = Message.objects.filter(event=f"clearance.{event}", reference=filed.reference)
        receivers = [(message.person_id, message.organisation_id) for message in told]
    agency = scene.agency.actor.organisation_id
    assert receivers == [(filed.worker.case.pk, None), (None, agency)]


@pytest.mark.parametrize("state", ["approved", "suspended"])
def test_what_is_not_used_in_time_expires(scene, state):
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, state)
    scene.at(case.expires_at)
    on_its_last_second = scene.do(actions.expire_clearances, actor=SYSTEM)
    scene.at(case.expires_at + timedelta(seconds=1))

    expired = scene.do(actions.expire_clearances, actor=SYSTEM)
    again = scene.do(actions.expire_clearances, actor=SYSTEM)

    assert (on_its_last_second, expired, again) == (0, 1, 0)
    assert row(filed.reference).state == "expired"


@pytest.mark.parametrize("state", ["approved", "suspended"])
def test_nobody_leaves_on_a_contract_that_is_void(scene, tmp_path, state):
    filed = scene.drafts[0]
    lead(scene, filed.reference, state)
    before = counters(filed.job)["vacancies"]

    worker = the_person(filed.worker.case)
    scene.do(contracts.annul_contract, filed.contract.reference, "I stay.", actor=worker)

    assert row(filed.reference).state == "cancelled"
    assert counters(filed.job)["vacancies"] == before - 1
    assert at_the_gate(scene, tmp_path, filed.reference).verdict == "revoked"


def test_an_application_on_a_void_contract_is_not_approved(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "under_scrutiny")
    scene.do(contracts.annul_contract, filed.contract.reference, "Cheating.", actor=SYSTEM)

    with pytest.raises(Blocked) as refusal:
        taken(scene, "approve", filed.reference)

    assert "contract_not_locked" in refusal.value.facts["codes"]


def test_a_used_one_never_expires(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "used")

    expired = scene.at(scene.now + timedelta(days=400)).do(actions.expire_clearances, actor=SYSTEM)

    assert (expired, row(filed.reference).state) == (0, "used")


def test_the_certificate_keeps_its_word_with_the_case(scene):
    states = {}
    for filed, state in zip(
        scene.drafts, ("approved", "suspended", "cancelled", "used"), strict=True
    ):
        lead(scene, filed.reference, state)
        states[filed.reference] = state

    with acting(SYSTEM):
        kept = dict(Credential.objects.values_list("subject_reference", "state"))
    means = {"approved": "valid", "suspended": "suspended", "cancelled": "revoked", "used": "valid"}
    assert kept == {reference: means[state] for reference, state in states.items()}
