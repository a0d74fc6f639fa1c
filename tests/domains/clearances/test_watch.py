"""Passports on the road: who is watched and for how long, and what the registry's word does."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from emigrate.domains.clearances import actions, tasks
from emigrate.domains.clearances.enums import WATCHED
from emigrate.domains.clearances.models import Check, Clearance
from emigrate.domains.credentials.models import Credential
from emigrate.domains.emigrants import actions as emigrants
from emigrate.domains.emigrants.models import Passport, ReadRecord
from emigrate.domains.notifications.models import Message
from emigrate.foundation import clock
from emigrate.foundation.errors import Blocked, Busy
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting
from emigrate.law.current import pack
from emigrate.partners.passport_registry.contract import PassportResult, PassportStatus
from tests.factories.clearances import (
    SYSTEM,
    TO_STATE,
    lead,
    row,
    taken,
    the_registrys_word,
)


@pytest.fixture
def watched(monkeypatch):
    """What the registry was asked to watch; it takes everything."""
    asked = []

    class Registry:
        def watch(self, watch, *, request_id):
            assert not connection.in_atomic_block or connection.savepoint_ids == []
            asked.append(watch)

    monkeypatch.setattr(tasks, "passport_registry", Registry)
    return asked


def number_of(scene, filed):
    return filed.worker.drawn.passport_number


def told(scene, filed, status, result=PassportResult.MATCH):
    """The registry was asked about the worker's passport again, and said this."""
    case = row(filed.reference)
    word = the_registrys_word(result, PassportStatus(status))
    scene.do(emigrants.record_passport_check, case.passport_id, word, actor=SYSTEM)
    return row(filed.reference)


def check_of(reference):
    with acting(SYSTEM):
        return Check.objects.get(clearance__reference=reference, code="passport_registry")


@pytest.mark.parametrize("state", sorted(TO_STATE))
def test_who_is_on_the_road_is_watched(scene, watched, state):
    filed = scene.drafts[0]
    lead(scene, filed.reference, state)

    scene.do(tasks.watch_passports)

    numbers = [number for watch in watched for number in watch.numbers]
    assert numbers == ([number_of(scene, filed)] if state in WATCHED else [])


def test_a_watch_is_renewed_when_half_of_it_is_over(scene, watched):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "queued")
    length = pack().figure("passport.watch_days", on=scene.now.date()).value

    begins = scene.now
    for after in (0, length // 2, length // 2 + 1, length // 2 + 1):
        scene.at(begins + timedelta(days=after)).do(tasks.watch_passports)

    until = [watch.until for watch in watched]
    first = clock.office_date(begins) + timedelta(days=length)
    assert until == [first, first + timedelta(days=length // 2 + 1)]
    with acting(SYSTEM):
        passport = Passport.objects.get(pk=row(filed.reference).passport_id)
    assert passport.watched_until == until[-1]


def test_more_than_the_registry_takes_at_once_are_several_requests(scene, watched, monkeypatch):
    monkeypatch.setattr("emigrate.domains.clearances.actions.watch.MOST_WATCHED", 2)
    for filed in scene.drafts[:3]:
        lead(scene, filed.reference, "queued")

    scene.do(tasks.watch_passports)

    assert [len(watch.numbers) for watch in watched] == [2, 1]
    numbers = {number for watch in watched for number in watch.numbers}
    assert numbers == {number_of(scene, filed) for filed in scene.drafts[:3]}


def test_the_reading_of_the_numbers_is_recorded(scene, watched):
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, "queued")

    scene.do(tasks.watch_passports)

    with acting(SYSTEM):
        read = ReadRecord.objects.filter(emigrant=case.emigrant_id, purpose__startswith="watching")
        assert [(each.role, each.user_id) for each in read] == [("system", None)]


def test_a_registry_that_is_down_is_asked_again(scene, monkeypatch):
    monkeypatch.setitem(settings.PARTNERS, "passport_registry", "")
    filed = scene.drafts[0]
    lead(scene, filed.reference, "queued")

    with pytest.raises(Busy):
        scene.do(tasks.watch_passports)

    with acting(SYSTEM):
        assert Passport.objects.get(pk=row(filed.reference).passport_id).watched_until is None


@pytest.mark.parametrize("status", ["REVOKED", "IMPOUNDED", "LOST", "REISSUED"])
def test_an_approved_clearance_is_suspended(scene, status):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")

    case = told(scene, filed, status)

    assert (case.state, check_of(filed.reference).outcome) == ("suspended", "block")
    with acting(SYSTEM):
        leaf = AuditLeaf.objects.filter(event="clearance.suspended").latest("id")
        credential = Credential.objects.get(subject_reference=filed.reference)
        notices = Message.objects.filter(reference=filed.reference, event="clearance.suspended")
        assert {each.person_id for each in notices} == {case.emigrant_id, None}
    assert (leaf.reason, leaf.actor_role) == (f"passport registry: {status.lower()}", "system")
    assert credential.state == "suspended"


@pytest.mark.parametrize("state", ["queued", "under_scrutiny", "queried", "referred", "held"])
def test_before_the_decision_the_check_says_it_anew(scene, state):
    filed = scene.drafts[0]
    lead(scene, filed.reference, state)

    case = told(scene, filed, "LOST")

    check = check_of(filed.reference)
    assert (case.state, check.outcome) == (state, "block")
    assert (check.evidence["result"], check.evidence["status"]) == ("revoked", "LOST")


def test_nobody_approves_on_a_lost_passport_until_it_is_not_lost(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "under_scrutiny")
    told(scene, filed, "LOST")

    with pytest.raises(Blocked) as refused:
        taken(scene, "approve", filed.reference)
    told(scene, filed, "ACTIVE")

    assert "passport_not_in_force" in refused.value.facts["unmet"]
    assert check_of(filed.reference).outcome == "pass"
    assert taken(scene, "approve", filed.reference).state == "approved"


def test_two_officers_restore_only_what_is_not_revoked_any_more(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    told(scene, filed, "IMPOUNDED")

    with pytest.raises(Blocked) as refused:
        taken(scene, "restore", filed.reference, actor=scene.officer(number=1))
    still = told(scene, filed, "ACTIVE").state
    for number in (1, 2):
        taken(scene, "restore", filed.reference, actor=scene.officer(number=number))

    assert refused.value.facts["unmet"] == "passport_not_in_force"
    assert (still, row(filed.reference).state) == ("suspended", "approved")


@pytest.mark.parametrize("state", ["draft", "rejected", "withdrawn", "cancelled", "used"])
def test_what_is_not_on_the_road_stays_as_it_is(scene, state):
    filed = scene.drafts[0]
    lead(scene, filed.reference, state)

    assert told(scene, filed, "REVOKED").state == state


def test_another_passport_of_the_same_person_suspends_nothing(scene):
    """The clearance names a passport; an older one that is lost says nothing about it."""
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, "approved")
    with acting(SYSTEM):
        kept = Passport.objects.get(pk=case.passport_id)
        other = Passport.objects.create(
            emigrant_id=case.emigrant_id,
            number_sealed=kept.number_sealed,
            number_blind=b"another",
            category=kept.category,
            expires_on=kept.expires_on,
            current=False,
            added_at=kept.added_at,
        )

    word = the_registrys_word(status=PassportStatus.LOST)
    scene.do(emigrants.record_passport_check, other.pk, word, actor=SYSTEM)

    assert row(filed.reference).state == "approved"


def test_the_same_word_again_changes_nothing(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    told(scene, filed, "LOST")
    with acting(SYSTEM):
        before = AuditLeaf.objects.count()

    told(scene, filed, "LOST")

    with acting(SYSTEM):
        assert AuditLeaf.objects.count() == before
        assert Clearance.objects.get(reference=filed.reference).state == "suspended"


def test_only_the_platform_heeds_it(scene):
    case = lead(scene, scene.drafts[0].reference, "approved")

    with pytest.raises(Exception, match="not_permitted"):
        scene.do(actions.heed_registry, case.emigrant_id, actor=scene.agent)
