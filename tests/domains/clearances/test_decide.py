"""The decision: the law asked once more, the certificate, the rejection and what it undoes."""

from datetime import timedelta

import pytest
from django.db import connection

from emigrate.domains.agents import actions as agents
from emigrate.domains.clearances import actions
from emigrate.domains.clearances.facts import personal_of, question_for
from emigrate.domains.credentials.models import Credential
from emigrate.domains.insurance import actions as insurance
from emigrate.domains.insurance.models import Policy
from emigrate.domains.notifications.models import Message
from emigrate.domains.payments.models import Order
from emigrate.domains.reference.enums import Role
from emigrate.foundation import clock
from emigrate.foundation.clock import office_date
from emigrate.foundation.errors import Blocked, InvalidInput
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting
from emigrate.partners.passport_registry.contract import PassportResult, PassportStatus
from tests.factories.clearances import (
    SYSTEM,
    everything,
    lead,
    row,
    taken,
    the_registrys_word,
)


def cannot_be_approved(scene, filed):
    before = everything(filed)
    with pytest.raises(Blocked) as refusal:
        taken(scene, "approve", filed.reference)
    assert everything(filed) == before
    return refusal.value.facts["codes"]


def test_an_approval_keeps_what_it_rests_on(scene):
    filed = scene.drafts[0]
    officer = scene.officer()
    lead(scene, filed.reference, "under_scrutiny")

    case = taken(scene, "approve", filed.reference)

    kept = row(filed.reference)
    with acting(SYSTEM):
        leaf = AuditLeaf.objects.get(
            case_id=case.pk, stream="clearance", event="clearance.approved"
        )
        certificate = Credential.objects.get(subject_reference=filed.reference)
    assert (kept.state, kept.decided_by, kept.asked_on) == (
        "approved", officer.user_id, scene.now.date(),
    )  # fmt: skip
    assert kept.findings == leaf.findings
    assert {"country.ec_required"} <= {finding["figure"] for finding in kept.findings}
    assert (kept.not_before, kept.expires_at) == (certificate.not_before, certificate.expires_at)
    connection.check_constraints()


def test_a_clearance_ends_with_the_visa(scene):
    filed = scene.drafts[0]

    case = lead(scene, filed.reference, "approved")

    assert office_date(case.expires_at) == case.visa_expires_on


def test_the_person_is_told_of_an_approval(scene):
    filed = scene.drafts[0]

    lead(scene, filed.reference, "approved")

    with acting(SYSTEM):
        told = Message.objects.filter(event="clearance.approved", reference=filed.reference)
        assert [message.person_id for message in told] == [filed.worker.case.pk]


@pytest.mark.parametrize("status", [PassportStatus.REVOKED, PassportStatus.IMPOUNDED])
def test_a_revoked_passport_bars(scene, status):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "in_checks")
    word = the_registrys_word(status=status)
    scene.do(actions.record_checks, filed.reference, word, actor=SYSTEM)
    taken(scene, "take_up", filed.reference)

    assert cannot_be_approved(scene, filed) == ["passport_not_in_force"]


@pytest.mark.parametrize("result", [PassportResult.PARTIAL, PassportResult.NO_MATCH])
def test_a_doubtful_passport_is_the_officers_to_judge(scene, result):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "in_checks")
    word = the_registrys_word(result, PassportStatus.ACTIVE)
    case = scene.do(actions.record_checks, filed.reference, word, actor=SYSTEM)
    taken(scene, "take_up", filed.reference)

    approved = taken(scene, "approve", filed.reference)

    assert case.checks.get(code="passport_registry").outcome == "refer"
    assert approved.state == "approved"


def test_a_suspension_of_the_agent_bars_while_it_lasts(scene):
    filed = scene.drafts[0]
    agency, general = scene.agency.case.reference, scene.officer(Role.PGE)
    lead(scene, filed.reference, "in_checks")
    scene.do(agents.suspend_agent, agency, reason="Complaints.", actor=general)
    taken(scene, "queue", filed.reference)
    taken(scene, "take_up", filed.reference)

    barred = cannot_be_approved(scene, filed)
    scene.do(agents.restore_agent, agency, reason="Settled.", actor=general)
    scene.do(
        agents.restore_agent, agency, reason="Settled.", actor=scene.officer(Role.PGE, number=2)
    )
    approved = taken(scene, "approve", filed.reference)

    assert (barred, approved.state) == (["agent_suspended"], "approved")


def test_a_cancelled_insurance_bars(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "under_scrutiny")
    policy = filed.policy.reference
    scene.do(insurance.cancel_policy, policy, reason="By mistake.", actor=SYSTEM)

    assert "insurance_missing" in cannot_be_approved(scene, filed)


def test_a_visa_that_ran_out_bars(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "under_scrutiny")
    scene.at(scene.now + timedelta(days=150))

    assert "visa_ends_before_departure" in cannot_be_approved(scene, filed)


def test_a_rejection_undoes_what_was_paid(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "under_scrutiny")

    taken(scene, "reject", filed.reference)

    with acting(SYSTEM):
        fee = Order.objects.get(subject_reference=filed.reference)
        policy = Policy.objects.get(pk=filed.policy.pk)
        told = set(
            Message.objects.filter(event="clearance.rejected").values_list(
                "person_id", "organisation_id"
            )
        )
        leaf = AuditLeaf.objects.get(event="clearance.rejected")
    assert (fee.state, policy.state) == ("refund_requested", "cancelled")
    assert told == {(filed.worker.case.pk, None), (None, scene.agent.organisation_id)}
    assert (leaf.reason, row(filed.reference).ground) == (
        "The terms exploit.", "terms_discriminatory_or_exploitative",
    )  # fmt: skip
    connection.check_constraints()


def test_only_a_ground_of_the_act_rejects(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "under_scrutiny")
    before = everything(filed)
    rejection = actions.Rejection("bad_feeling", "No.")

    with pytest.raises(InvalidInput) as refusal:
        scene.do(actions.reject_clearance, filed.reference, rejection, actor=scene.officer())

    assert refusal.value.errors[0]["pointer"] == "/ground"
    assert everything(filed) == before


def test_a_rejected_case_has_no_certificate(scene):
    filed = scene.drafts[0]

    lead(scene, filed.reference, "rejected")

    with acting(SYSTEM):
        assert Credential.objects.count() == 0


def test_the_law_counts_from_the_day_of_application(scene):
    """A woman's age is that of the day of application, however long the office takes (s.32)."""
    filed = scene.drafts[0]
    applied = office_date(scene.now)
    lead(scene, filed.reference, "under_scrutiny")
    later = applied + timedelta(days=9)

    with clock.simulate(scene.now + timedelta(days=9)), acting(SYSTEM):
        case = row(filed.reference)
        personal = personal_of(case, actor=SYSTEM, purpose="test")
        asked = question_for(case, personal, on=later, actor=SYSTEM)

    assert (asked.on, asked.departs) == (applied, max(case.departs_on, later))
