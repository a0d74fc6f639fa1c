"""The paper of a policy: fetched from the insurer, cleaned, kept once; refused, asked next day."""

from base64 import b64encode
from datetime import timedelta

import pikepdf
import pytest
from django.db import connection
from structlog.testing import capture_logs

from emigrate.domains.documents import queries as documents
from emigrate.domains.documents.actions import open_document, release_document
from emigrate.domains.insurance import actions, tasks
from emigrate.domains.reference.enums import Role
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import Busy, NotFound, NotPermitted, WrongState
from emigrate.foundation.transactions import acting
from tests.domains.insurance.scene import NOW
from tests.factories.agents import a_protector_general, an_agency_owner
from tests.factories.documents import a_pdf
from tests.factories.insurance import (
    SYSTEM,
    a_paid_policy,
    a_quote,
    an_issued_policy,
    as_stored,
    the_insured,
)
from tests.partners.bench import Replayer, address_of
from tests.snapshot import everything, jobs_waiting, leaves_of, refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _places(settings, tmp_path, on_a_monday):
    """Papers and keys of one test alone."""
    del on_a_monday
    settings.HOME = settings.KEYS = tmp_path


@pytest.fixture
def insurer(settings):
    """An insurer that answers what it is told to: `insurer(policy, content, ...)`."""
    opened = []

    def answering(policy, *contents, status=200, kind="application/pdf"):
        asked = {"method": "GET", "path": f"/v1/policies/{policy.number}/document", "body": None}
        replies = [
            {"status": status, "content-type": kind, "base64": b64encode(content).decode()}
            for content in contents
        ]
        replayer = Replayer([{"request": asked, "reply": reply} for reply in replies])
        opened.append(replayer)
        settings.PARTNERS = {"insurer": address_of(replayer)}
        return replayer

    yield answering
    for each in opened:
        each.shutdown()
        each.server_close()


def scripted(pdf):
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def signed(pdf):
    field = pdf.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="insurer"))
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]), SigFlags=3)


def the_paper(policy):
    with acting(SYSTEM):
        return documents.document(as_stored(policy).document_reference, actor=SYSTEM)


def kept():
    with acting(SYSTEM):
        return documents.documents_for(SYSTEM).count()


def refusals(logged):
    """Whose paper was refused, and why; nothing else is said of it."""
    said = [line for line in logged if line["event"] == "insurance.paper_refused"]
    assert all(set(line) == {"event", "log_level", "policy", "code"} for line in said)
    return [(line["policy"], line["code"]) for line in said]


def papers_asked():
    return jobs_waiting("insurance.fetch_paper")


@pytest.mark.parametrize("change", [None, signed])
def test_a_paper_is_kept_once_and_the_person_opens_it(insurer, change):
    policy, content = an_issued_policy(), a_pdf(change=change)
    answers = insurer(policy, content)

    tasks.fetch_paper(policy.reference)
    before = everything()
    tasks.fetch_paper(policy.reference)

    paper = the_paper(policy)
    assert (paper.state, paper.kind, paper.person_id) == (
        "released",
        "insurance_policy",
        policy.person_id,
    )
    assert documents.filename_of(paper) == f"{policy.reference}.pdf"
    assert open_document(paper.reference, actor=the_insured(policy)).startswith(b"%PDF-")
    assert (answers.exchanges, everything(), kept()) == ([], before, 1)
    assert leaves_of(policy)[-2:] == ["policy.issued", "policy.paper_kept"]


def test_only_the_person_and_the_offices_open_it(insurer):
    owner = an_agency_owner()
    policy = an_issued_policy(owner)
    insurer(policy, a_pdf())
    tasks.fetch_paper(policy.reference)

    reference = the_paper(policy).reference
    assert open_document(reference, actor=a_protector_general())
    for actor in (owner, Actor(Role.EMIGRANT, 1, person_id=policy.person_id + 1)):
        with pytest.raises(NotFound):
            open_document(reference, actor=actor)


def test_a_paper_with_a_script_waits_for_an_officer_and_is_kept(insurer):
    policy = an_issued_policy()
    insurer(policy, a_pdf(change=scripted))

    tasks.fetch_paper(policy.reference)

    paper = the_paper(policy)
    assert paper.state == "quarantined"
    with pytest.raises(WrongState):
        open_document(paper.reference, actor=the_insured(policy))
    release_document(paper.reference, reason="Harmless.", actor=a_protector_general())
    assert open_document(paper.reference, actor=the_insured(policy))
    assert actions.ask_for_papers(actor=SYSTEM) == 0


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"<!doctype html><title>Sign in</title>", "text/html", "content-type"),
        (b"<!doctype html><title>Sign in</title>", "application/pdf", "content-type"),
        (a_pdf()[:-40], "application/pdf", "pdf_broken"),
        (a_pdf(pages=41), "application/pdf", "too_many_pages"),
    ],
)
def test_what_is_no_sound_paper_is_asked_for_again_after_a_day(insurer, content, kind, code):
    policy = an_issued_policy()
    insurer(policy, content, kind=kind)

    with capture_logs() as logged:
        tasks.fetch_paper(policy.reference)

    assert refusals(logged) == [(policy.reference, code)]
    stored = as_stored(policy)
    assert (stored.state, stored.document_reference, stored.dispute) == ("issued", "", "")
    assert (kept(), leaves_of(policy)[-1]) == (0, "policy.issued")
    for later, asked in ((timedelta(hours=24), 0), (timedelta(hours=24, seconds=1), 1)):
        with clock.simulate(NOW + later):
            assert actions.ask_for_papers(actor=SYSTEM) == asked
    insurer(policy, a_pdf())
    tasks.fetch_paper(policy.reference)
    assert the_paper(policy).state == "released"


def test_more_than_documents_take_is_refused(insurer):
    policy = an_issued_policy()
    insurer(policy, a_pdf() + b"\n" * 1_000_000)

    with capture_logs() as logged:
        tasks.fetch_paper(policy.reference)

    assert (kept(), refusals(logged)) == (0, [(policy.reference, "too_large")])


@pytest.mark.parametrize(
    ("status", "problem"),
    [(404, b'{"code": "PBBY-404"}'), (503, b'{"code": "PBBY-503"}')],
)
def test_what_is_not_there_yet_is_tried_again_soon(insurer, status, problem):
    policy = an_issued_policy()
    insurer(policy, *[problem] * 3, status=status, kind="application/problem+json")

    with pytest.raises(Busy):
        tasks.fetch_paper(policy.reference)

    assert (as_stored(policy).document_reference, kept()) == ("", 0)
    assert actions.ask_for_papers(actor=SYSTEM) == 1


def test_what_the_insurer_refuses_for_good_is_asked_after_a_day(insurer):
    policy = an_issued_policy()
    insurer(policy, b'{"code": "PBBY-410"}', status=409, kind="application/problem+json")

    with capture_logs() as logged:
        tasks.fetch_paper(policy.reference)

    assert refusals(logged) == [(policy.reference, "PBBY-410")]
    assert actions.ask_for_papers(actor=SYSTEM) == 0


def test_every_quarter_of_an_hour_missing_papers_are_asked_for_once():
    first, second = an_issued_policy(), an_issued_policy()
    a_quote(), a_paid_policy()
    actions.cancel_policy(an_issued_policy().reference, "clearance rejected", actor=SYSTEM)
    assert papers_asked() == []

    tasks.ask_about_undecided()
    tasks.ask_about_undecided()

    assert papers_asked() == ["insurance.fetch_paper"] * 2
    assert {first.state, second.state} == {"issued"}


def test_the_newest_come_first_and_not_all_at_once(monkeypatch):
    monkeypatch.setattr("emigrate.domains.insurance.actions.papers.AT_ONCE", 2)
    _, second, third = (an_issued_policy() for _ in range(3))

    assert actions.ask_for_papers(actor=SYSTEM) == 2

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args ->> 'reference', queue_name FROM procrastinate_jobs "
            "WHERE task_name = 'insurance.fetch_paper' ORDER BY id"
        )
        assert cursor.fetchall() == [(third.reference, "papers"), (second.reference, "papers")]


@pytest.mark.parametrize("made", [a_quote, a_paid_policy])
def test_what_is_not_in_force_has_no_paper(made):
    policy = made()
    before = everything()

    tasks.fetch_paper(policy.reference)  # no insurer would answer

    assert everything() == before


def test_the_first_paper_stays():
    policy = an_issued_policy()
    actions.record_paper(policy.reference, "DC-FIRST", actor=SYSTEM)
    before = everything()

    actions.record_paper(policy.reference, "DC-SECOND", actor=SYSTEM)

    assert everything() == before
    assert as_stored(policy).document_reference == "DC-FIRST"


def test_only_the_platform_keeps_papers():
    policy = an_issued_policy()
    person = the_insured(policy)

    with refused(NotPermitted):
        actions.record_paper(policy.reference, "DC-1", actor=person)
    with refused(NotPermitted):
        actions.record_paper_refused(policy.reference, actor=person)
    with refused(NotPermitted):
        actions.ask_for_papers(actor=person)
