"""Another day of departure: what the law says of the new day counts, wherever the case stands."""

from datetime import date, timedelta

import pytest
from django.db import connection

from emigrate.domains.clearances import actions
from emigrate.domains.clearances.enums import DATELESS_CHECKS
from emigrate.domains.clearances.models import Check
from emigrate.domains.clearances.workflow import CLEARANCE
from emigrate.domains.credentials.models import Credential
from emigrate.domains.emigrants.models import Passport
from emigrate.domains.insurance import actions as insurance
from emigrate.domains.insurance.models import Policy
from emigrate.domains.notifications.models import Message
from emigrate.domains.payments.models import Order
from emigrate.foundation.clock import office_date
from emigrate.foundation.errors import Blocked, WrongState
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting
from tests.factories.clearances import (
    SYSTEM,
    a_draft,
    a_job,
    another_day,
    everything,
    lead,
    row,
    taken,
    the_insurers_word,
)

BEFORE_THE_DECISION = ("submitted", "in_checks", "queued", "queried", "referred", "held")


def redate(scene, filed, departs_on, **others):
    return scene.do(
        actions.redate_clearance, filed.reference, departs_on, actor=scene.agent, **others
    )


def refused(scene, filed, departs_on):
    before = everything(filed)
    with pytest.raises(Blocked) as refusal:
        redate(scene, filed, departs_on)
    assert everything(filed) == before
    return refusal.value.facts["codes"]


def checks_of(filed):
    with acting(SYSTEM):
        rows = Check.objects.filter(clearance__reference=filed.reference)
        return {check.code: check for check in rows}


def last_leaf(filed):
    with acting(SYSTEM):
        return AuditLeaf.objects.filter(case_reference=filed.reference).order_by("seq").last()


def give_passport(filed, expires_on):
    """The law is asked about the passport on record."""
    with acting(SYSTEM):
        Passport.objects.filter(emigrant=filed.worker.case.pk).update(expires_on=expires_on)


def test_a_draft_takes_any_day_that_is_not_past(scene):
    filed = scene.drafts[0]
    far, today = date(2039, 1, 1), office_date(scene.now)

    redate(scene, filed, far)
    redate(scene, filed, today)
    codes = refused(scene, filed, today - timedelta(days=1))

    assert (row(filed.reference).departs_on, row(filed.reference).state) == (today, "draft")
    assert (codes, row(filed.reference).findings) == (["departure_in_past"], [])


@pytest.mark.parametrize("state", BEFORE_THE_DECISION)
def test_a_case_on_the_way_stays_where_it_is_with_its_clock(scene, state):
    filed = scene.drafts[0]
    before = lead(scene, filed.reference, state)
    new = another_day(filed.reference)
    scene.at(scene.now + timedelta(days=1))

    redate(scene, filed, new)
    connection.check_constraints()

    after = row(filed.reference)
    kept = ("state", "state_since", "held_by", "due_at", "clock_left", "priority_at", "officer_id",
            "contract_hash", "vacancy_taken")  # fmt: skip
    assert {name: getattr(after, name) for name in kept} == {
        name: getattr(before, name) for name in kept
    }
    assert (after.departs_on, after.asked_on) == (new, office_date(scene.now))
    leaf = last_leaf(filed)
    assert (leaf.event, leaf.reason) == ("clearance.redated", f"{before.departs_on} → {new}")
    with acting(SYSTEM):
        told = Message.objects.get(event="clearance.redated")
        assert (told.person_id, told.reference) == (filed.worker.case.pk, filed.reference)


def test_nobody_decides_on_a_day_that_changed_before_their_eyes(scene):
    filed = scene.drafts[0]
    before = lead(scene, filed.reference, "under_scrutiny")

    redate(scene, filed, another_day(filed.reference))

    after = row(filed.reference)
    assert (after.state, after.officer_id, after.held_by) == ("queued", None, "poe")
    assert (after.priority_at, after.due_at) == (before.priority_at, before.due_at)
    with pytest.raises(WrongState):
        taken(scene, "approve", filed.reference)
    for verb in ("take_up", "approve"):
        taken(scene, verb, filed.reference)
    assert row(filed.reference).state == "approved"


def test_the_checks_that_rest_on_the_day_are_made_anew(scene):
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, "queued")
    before = checks_of(filed)
    new = case.departs_on + timedelta(days=20)
    scene.at(scene.now + timedelta(hours=1))

    redate(scene, filed, new)

    after = checks_of(filed)
    kept = {code for code in before if after[code].at == before[code].at}
    assert kept == set(DATELESS_CHECKS) & set(before)
    assert {after[code].at for code in set(after) - set(DATELESS_CHECKS)} == {scene.now}
    assert "law" in after
    assert [each["code"] for each in row(filed.reference).findings]


@pytest.mark.parametrize(("later", "codes"), [
    (29, []),
    (30, ["passport_expires_early"]),
])  # fmt: skip
def test_the_passport_is_judged_on_the_new_day(scene, later, codes):
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, "queued")
    enough = case.departs_on + timedelta(days=29)
    months = date(enough.year + (enough.month > 6), (enough.month + 5) % 12 + 1, enough.day)
    give_passport(filed, months)
    new = case.departs_on + timedelta(days=later)

    found = refused(scene, filed, new) if codes else [redate(scene, filed, new)][1:]

    assert found == codes
    assert row(filed.reference).departs_on == (case.departs_on if codes else new)


def test_the_visa_is_judged_on_the_new_day(scene):
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, "queued")

    codes = refused(scene, filed, case.visa_expires_on + timedelta(days=1))

    assert "visa_ends_before_departure" in codes


@pytest.mark.parametrize(("days", "code"), [
    (-1, "insurance_starts_late"), (60, "insurance_ends_early"),
])  # fmt: skip
def test_the_insurance_is_judged_on_the_new_day(scene, days, code):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "queued")

    codes = refused(scene, filed, another_day(filed.reference, days))

    assert codes == [code]


def test_an_insurance_that_does_not_fit_is_bought_anew(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "queued")
    new = another_day(filed.reference, 60)

    redate(scene, filed, new, insure_anew=True)
    taken(scene, "take_up", filed.reference)
    with pytest.raises(Blocked) as uninsured:
        taken(scene, "approve", filed.reference)
    policy = scene.do(
        insurance.quote_policy, filed.contract.reference, actor=scene.agent, cover_from=new
    )
    scene.world.pay(policy.order_reference, scene.agent)
    word = the_insurers_word(policy, filed.worker.drawn.passport_number)
    scene.do(insurance.record_policy, policy.reference, word, actor=SYSTEM)
    taken(scene, "approve", filed.reference)

    assert uninsured.value.facts["codes"] == ["insurance_missing"]
    with acting(SYSTEM):
        old = Policy.objects.get(pk=filed.policy.pk)
        premium = Order.objects.get(reference=filed.policy.order_reference)
    assert (old.state, premium.state) == ("cancelled", "refund_requested")
    assert (row(filed.reference).state, row(filed.reference).departs_on) == ("approved", new)


def test_a_refused_day_cancels_no_insurance(scene):
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, "queued")
    before = everything(filed)

    with pytest.raises(Blocked):
        redate(scene, filed, case.visa_expires_on + timedelta(days=1), insure_anew=True)

    assert everything(filed) == before


def test_a_bar_that_stood_before_does_not_hold_the_day(scene):
    job = a_job(scene.world, scene.agency, scene.company, wage=(100_00, "SAR"))
    filed = a_draft(scene, job)
    scene.do(actions.submit_clearance, filed.reference, actor=scene.agent, for_an_order=True)
    barred = {f["code"] for f in row(filed.reference).findings if f["severity"] == "block"}
    new = another_day(filed.reference)

    redate(scene, filed, new)

    assert row(filed.reference).departs_on == new
    assert barred == {f["code"] for f in row(filed.reference).findings if f["severity"] == "block"}


def test_a_given_clearance_moves_within_its_validity_only(scene):
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, "approved")
    with acting(SYSTEM):
        certificate = Credential.objects.filter(subject_reference=filed.reference).values().get()
    last = office_date(case.expires_at)
    before = checks_of(filed)

    codes = refused(scene, filed, last + timedelta(days=1))
    redate(scene, filed, another_day(filed.reference))

    after = row(filed.reference)
    assert "departure_after_validity" in codes
    assert (after.state, after.expires_at, after.not_before) == (
        "approved", case.expires_at, case.not_before,
    )  # fmt: skip
    assert {code: check.at for code, check in checks_of(filed).items()} == {
        code: check.at for code, check in before.items()
    }
    with acting(SYSTEM):
        assert Credential.objects.filter(subject_reference=filed.reference).values().get() == (
            certificate
        )


def test_a_given_clearance_takes_no_day_that_an_officer_would_have_to_look_at(scene):
    filed = a_draft(scene, born=date(1965, 12, 28))  # above 60 from 28 December 2026 on
    lead(scene, filed.reference, "approved")

    codes = refused(scene, filed, date(2026, 12, 28))
    redate(scene, filed, date(2026, 12, 27))

    assert codes == ["insurance_age_above"]
    assert row(filed.reference).departs_on == date(2026, 12, 27)


def test_a_given_clearance_keeps_its_insurance(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    before = everything(filed)

    with pytest.raises(Blocked) as refusal:
        redate(scene, filed, another_day(filed.reference, 60), insure_anew=True)

    assert refusal.value.facts["codes"] == ["insurance_ends_early"]
    assert everything(filed) == before


def test_the_same_day_again_changes_nothing(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "under_scrutiny")
    before = everything(filed)

    redate(scene, filed, row(filed.reference).departs_on)

    assert everything(filed) == before


def test_a_check_that_runs_after_the_change_asks_about_the_new_day(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "in_checks")

    redate(scene, filed, another_day(filed.reference, 60), insure_anew=True)
    taken(scene, "queue", filed.reference)

    assert (row(filed.reference).state, "law" in checks_of(filed)) == ("queued", True)
    assert "insurance_ends_early" not in checks_of(filed)


def test_the_leaf_binds_both_days(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "queued")

    redate(scene, filed, another_day(filed.reference))

    with acting(SYSTEM):
        leaves = AuditLeaf.objects.filter(case_reference=filed.reference).order_by("-seq")
        now, before = (leaf.entry for leaf in leaves[:2])
    assert b"clearance.redated" in bytes(now)
    assert "departs_on" in CLEARANCE.content
    assert bytes(before).split(b"after_hash")[1][:70] != bytes(now).split(b"after_hash")[1][:70]
