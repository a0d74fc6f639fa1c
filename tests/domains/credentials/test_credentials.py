"""Certificates: what the QR says, its paper, its place in a status list, and who may open it."""

import io
import zlib
from datetime import timedelta

import base45
import cbor2
import pikepdf
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import F

from emigrate.domains.clearances.models import Clearance
from emigrate.domains.clearances.queries import unlike_their_certificates
from emigrate.domains.credentials import actions, tasks
from emigrate.domains.credentials.enums import CredentialState
from emigrate.domains.credentials.facts import Validity
from emigrate.domains.credentials.models import Credential, Paper, StatusShard
from emigrate.domains.credentials.papers import _printed, clearance_pdf, spoken
from emigrate.domains.credentials.queries import (
    altered_certificates,
    credentials_for,
    paper_pdf,
    qr_text,
)
from emigrate.domains.emigrants.models import Emigrant
from emigrate.foundation import clock, jobs, sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.crypto.cose import qr_png
from emigrate.foundation.errors import NotFound, NotPermitted, WrongState
from emigrate.foundation.transactions import acting
from gate.verdict import Verifier
from tests.domains.credentials.text_layer import plain, said
from tests.factories.clearances import SYSTEM, lead, row, taken
from tests.gate.cddl import Definition, published


def text_of(reference, actor=SYSTEM):
    with acting(actor):
        return qr_text(reference, actor=actor)


def gate(scene, folder):
    with clock.simulate(scene.now):
        actions.export(folder, actor=SYSTEM)
    lists = [path.read_bytes() for path in sorted((folder / "status").glob("*.cbor"))]
    root, trust = (folder / "root.pem").read_bytes(), (folder / "trust.cbor").read_bytes()
    return Verifier(root, trust, lists)


def credential(reference):
    with acting(SYSTEM):
        return Credential.objects.get(subject_reference=reference)


def test_every_certificate_verifies_at_the_gate(scene, tmp_path):
    for filed in scene.drafts:
        lead(scene, filed.reference, "approved")

    verifier = gate(scene, tmp_path)

    for filed in scene.drafts:
        case = row(filed.reference)
        answer = verifier.check(text_of(filed.reference), scene.now + timedelta(minutes=1))
        assert (answer.verdict, answer.trust) == ("valid", "DEMO")
        said = answer.claims
        assert said["ec_number"] == filed.reference
        assert said["passport_number"] == filed.worker.drawn.passport_number
        assert (said["destination"], said["occupation"]) == (case.country, case.occupation)
        assert said["agent"] == case.agent.rc_number
        assert said["employer"] == scene.company.case.reference


def test_a_changed_letter_is_noticed(scene, tmp_path):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    verifier, text = gate(scene, tmp_path), text_of(filed.reference)

    verdicts = {
        verifier.check(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :], scene.now)
        .verdict
        for at in range(4, len(text), 7)
    }  # fmt: skip

    assert verdicts == {"invalid"}


def altered():
    with acting(SYSTEM):
        return list(altered_certificates(SYSTEM))


LATER = timedelta(days=400)


@pytest.mark.parametrize(("columns", "what"), [
    ({"place": F("place") + 1},               "its place in the status lists is another"),
    ({"expires_at": F("expires_at") + LATER}, "its dates are others"),
    ({"not_before": F("not_before") - LATER}, "its dates are others"),
    ({"token_id": bytes(16)},                 "it certifies another"),
    ({"qr_hash": bytes(32)},                  "its signed text is another"),
    ({"qr_sealed": b"x"},                     "its signed text does not open (seal_malformed)"),
])  # fmt: skip
def test_a_row_that_is_not_what_was_signed_is_named(scene, columns, what):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    before = altered()

    with acting(SYSTEM):
        Credential.objects.update(**columns)

    assert (before, altered()) == ([], [(f"C-{filed.reference}", what)])


def test_an_erased_person_is_no_alteration(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")

    sealing.erase(f"person:{filed.worker.case.pk}")

    assert altered() == []


def test_a_clearance_that_is_not_what_its_certificate_says_is_named(scene):
    first, second = (filed.reference for filed in scene.drafts[:2])
    lead(scene, first, "approved")
    lead(scene, second, "approved")
    with acting(SYSTEM):
        before = list(unlike_their_certificates(SYSTEM))

        Clearance.objects.filter(reference=first).update(expires_at=F("expires_at") + LATER)
        Credential.objects.filter(subject_reference=second).update(subject_reference="EC-X")
        found = {case.reference for case in unlike_their_certificates(SYSTEM)}

    assert (before, found) == ([], {first, second})


def test_the_application_renames_no_status_list(scene):
    lead(scene, scene.drafts[0].reference, "approved")

    with pytest.raises(ProgrammingError), transaction.atomic(), acting(SYSTEM):
        StatusShard.objects.update(name="another")


def test_the_gate_knows_the_time(scene, tmp_path):
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, "approved")
    verifier, text = gate(scene, tmp_path), text_of(filed.reference)

    verdicts = [
        verifier.check(text, moment).verdict
        for moment in (
            case.not_before - timedelta(minutes=6),
            case.not_before,
            case.not_before + timedelta(hours=25),
            case.expires_at + timedelta(seconds=1),
        )
    ]

    assert verdicts == ["not_yet_valid", "valid", "stale", "expired"]


def test_the_qr_is_short_and_reads_back(scene):
    zxingcpp = pytest.importorskip("zxingcpp")
    from PIL import Image  # slow import

    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    text = text_of(filed.reference)

    read = zxingcpp.read_barcodes(Image.open(io.BytesIO(qr_png(text))))

    assert ([each.text for each in read], len(text) < 800) == ([text], True)


def test_the_paper_is_made_once_and_says_the_number(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    with acting(SYSTEM), pytest.raises(NotFound):
        paper_pdf(filed.reference, actor=SYSTEM)

    scene.do(tasks.make_paper, filed.reference)
    scene.do(tasks.make_paper, filed.reference)

    with acting(SYSTEM):
        pdf = paper_pdf(filed.reference, actor=SYSTEM)
        assert Paper.objects.count() == 1
    with pikepdf.open(io.BytesIO(pdf)) as document:
        title = str(document.docinfo["/Title"])
        assert (len(document.pages), filed.reference in title) == (1, True)


def test_the_paper_speaks_the_language_that_the_worker_chose(scene):
    filed = scene.drafts[0]
    with acting(SYSTEM):
        Emigrant.objects.filter(pk=filed.worker.case.pk).update(language="ta")
    lead(scene, filed.reference, "approved")

    scene.do(jobs.run_waiting, (jobs.PAPERS,))

    with acting(SYSTEM):
        pdf = paper_pdf(filed.reference, actor=SYSTEM)
        assert Paper.objects.get().language == "ta"
    assert plain(spoken("ta").words["employer"]) in plain(said(pdf))


def test_the_paper_prints_what_the_qr_says(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    text = text_of(filed.reference)

    printed = _printed(text)

    drawn = filed.worker.drawn
    assert printed["ec_number"] == filed.reference
    assert printed["passport_number"] == drawn.passport_number
    assert printed["birth_date"] == f"{drawn.birth_date:%d-%m-%Y}"
    assert printed["specimen"] == "SPECIMEN"
    assert clearance_pdf(text, "ml").startswith(b"%PDF-")


def test_nothing_personal_stands_open_in_the_table(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    scene.do(tasks.make_paper, filed.reference)
    drawn = filed.worker.drawn
    marks = (drawn.passport_number, drawn.surname, text_of(filed.reference)[:40])

    with acting(SYSTEM):
        rows = [str(Credential.objects.values().get()), str(Paper.objects.values().get())]
        kept = bytes(Credential.objects.get().qr_sealed)

    assert [mark for mark in marks for each in rows if mark in each] == []
    assert [mark for mark in marks if mark.encode() in kept] == []


def test_an_erased_person_leaves_no_readable_certificate(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    with acting(SYSTEM):
        sealing.erase(f"person:{filed.worker.case.pk}")

    with pytest.raises(NotFound):
        text_of(filed.reference)


def test_who_sees_and_who_opens(scene):
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, "approved")
    # fmt: off
    expected = {  # (rows that the database gives, rows by policy, may open the text)
        filed.worker.actor:                            (1, 1, True),
        scene.drafts[1].worker.actor:                  (0, 0, False),
        scene.agent:                                   (1, 1, True),
        scene.other_agency.actor:                      (0, 0, False),
        Actor("poe", 1, office=case.office):           (1, 1, True),
        Actor("poe_da", 1, office=case.office):        (1, 1, False),
        Actor("poe", 1, office="XXX"):                 (0, 0, False),
        Actor("poe", 1):                               (0, 0, False),
        Actor("mission_lw", 1, country="SAU"):         (1, 1, False),
        Actor("mission_lw", 1, country="ARE"):         (0, 0, False),
        Actor("pge", 1):                               (1, 1, False),
        Actor("boi", 1):                               (1, 1, False),
        Actor("auditor", 1):                           (1, 1, False),
        scene.company.actor:                           (0, 0, False),
        Actor.public():                                (0, 0, False),
        SYSTEM:                                        (1, 1, True),
    }
    # fmt: on

    for actor, rights in expected.items():
        with acting(actor):
            bare, allowed = Credential.objects.count(), credentials_for(actor).count()
        try:
            opened = bool(text_of(filed.reference, actor))
        except NotFound:
            opened = False
        assert (actor, (bare, allowed, opened)) == (actor, rights)


def test_only_the_platform_makes_status_lists_and_certificates(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")

    for actor in (Actor.public(), scene.agent, scene.officer(), Actor("boi", 1)):
        with pytest.raises(NotPermitted):
            scene.do(actions.signed_status_lists, actor=actor)
        with pytest.raises((NotFound, NotPermitted)):
            scene.do(
                actions.set_credential_status, filed.reference, CredentialState.REVOKED,
                actor=actor, reason="No.",
            )  # fmt: skip
        with pytest.raises(NotPermitted):
            scene.do(actions.close_full_shards, actor=actor)

    assert credential(filed.reference).state == "valid"


def test_a_revoked_certificate_stays_revoked(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "cancelled")

    for state in CredentialState:
        with pytest.raises(WrongState):
            scene.do(
                actions.set_credential_status, filed.reference, state, actor=SYSTEM, reason="No."
            )

    assert credential(filed.reference).state == "revoked"
    connection.check_constraints()


def test_places_are_random_and_the_full_shard_is_left(scene, monkeypatch):
    first, second, third = scene.drafts[:3]
    with acting(SYSTEM):
        old = StatusShard.objects.create(name="small", size=1, opened_at=scene.now)
    lead(scene, first.reference, "approved")

    lead(scene, second.reference, "approved")

    with acting(SYSTEM):
        old.refresh_from_db()
        assert (old.closed, StatusShard.objects.count()) == (True, 2)
    assert credential(second.reference).shard_id != old.pk
    lead(scene, third.reference, "approved")
    assert credential(third.reference).shard_id == credential(second.reference).shard_id


def test_a_nearly_full_shard_is_closed_by_the_clock(scene):
    lead(scene, scene.drafts[0].reference, "approved")
    still_open = scene.do(actions.close_full_shards, actor=SYSTEM)
    with acting(SYSTEM):
        StatusShard.objects.update(closed=True)
        StatusShard.objects.create(name="small", size=1, opened_at=scene.now)
    lead(scene, scene.drafts[1].reference, "approved")

    closed = scene.do(actions.close_full_shards, actor=SYSTEM)

    assert (still_open, closed) == (0, 1)
    scene.do(tasks.close_shards)


def test_validity_ends_after_it_begins(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    kept = credential(filed.reference)

    rows, refusal = Credential.objects.filter(pk=kept.pk), "credential_ends_after"
    with pytest.raises(IntegrityError, match=refusal), transaction.atomic(), acting(SYSTEM):
        rows.update(expires_at=kept.not_before)

    assert Validity(kept.not_before, kept.not_before, kept.expires_at).expires_at > kept.not_before


def test_the_status_follows_only_with_the_clearance(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    before = credential(filed.reference).audit_seq

    taken(scene, "suspend", filed.reference)

    assert (credential(filed.reference).state, credential(filed.reference).audit_seq) == (
        "suspended", before + 1,
    )  # fmt: skip


def test_every_qr_is_what_the_published_definition_says(scene):
    for filed in scene.drafts:
        lead(scene, filed.reference, "approved")

    for filed in scene.drafts:
        signed = cbor2.loads(zlib.decompress(base45.b45decode(text_of(filed.reference))))
        protected = cbor2.loads(signed.value[0])
        assert (signed.tag, signed.value[1]) == (18, {})
        assert (protected[1], len(protected[4]), set(protected)) == (-7, 8, {1, 4})
        assert Definition(published()).fits(cbor2.loads(signed.value[2]))
