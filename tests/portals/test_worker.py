from dataclasses import dataclass
from datetime import date

import pytest

from emigrate.domains.contracts import actions as contracts
from emigrate.domains.contracts.models import Contract, ReadBack
from emigrate.domains.payments import actions as payments
from emigrate.domains.payments.models import Charge
from emigrate.foundation.transactions import acting
from emigrate.ops.simulation import road
from tests.factories.clearances import STATE, SYSTEM, lead, taken

pytestmark = pytest.mark.django_db


@dataclass
class Offer:
    """An offered contract, and whose it is."""

    reference: str
    worker: object
    job: object
    employer: str

    @property
    def page(self):
        return f"/worker/contracts/{self.reference}"

    @property
    def right(self):
        return {"wage": "1800", "hours": "8", "employer": self.employer, "place": "Riyadh",
                "deductions": "0"}  # fmt: skip


@pytest.fixture
def offer(scene):
    """A new worker, to whom the agency offers a contract."""
    drawn = scene.world.people.draw(sex="M", born=date(1997, 2, 11), state_code=STATE)
    worker = road.register(scene.world, drawn, scene.agency)
    terms = scene.job.terms
    new = contracts.NewContract(worker.case.reference, scene.job.allotment.pk, terms)
    case = scene.do(contracts.draft_contract, new, actor=scene.agent)
    scene.do(contracts.sign_for_employer, case.reference, terms.hash, actor=scene.company.actor)
    scene.do(contracts.offer_contract, case.reference, actor=scene.agent)
    return Offer(case.reference, worker, scene.job, scene.company.case.name)


@pytest.fixture
def worker(visit, offer):
    return visit(offer.worker.actor)


def stored(reference):
    with acting(SYSTEM):
        return Contract.objects.get(reference=reference)


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_list_shows_what_to_do_first(visit, scene, offer, language):
    page = visit(offer.worker.actor, language).get("/worker/")

    assert [link for link in page.links if "/worker/" in link and link != "/worker/"] == [
        offer.page
    ]


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_offer_is_told_in_plain_words(visit, offer, language):
    page = visit(offer.worker.actor, language).get(offer.page)

    assert "SAR\u00a01,800" in " ".join(page.words) or "SAR 1,800" in page.text
    assert f"{offer.page}/questions" in page.links
    assert f"{offer.page}/agree" not in page.actions


def test_five_right_answers_open_the_consent(worker, offer):
    target = worker.sent(f"{offer.page}/questions", **offer.right)
    page = worker.get(target)

    assert target == offer.page
    assert f"{offer.page}/agree" in page.actions


def test_digits_of_another_script_are_right_too(worker, offer):
    target = worker.sent(f"{offer.page}/questions", **offer.right | {"wage": "१,८००", "hours": "८"})

    assert target == offer.page


@pytest.mark.parametrize(
    "wrong",
    [{"wage": "2000"}, {"hours": "10"}, {"employer": "?"}, {"place": "?"}, {"deductions": "5"}],
)
def test_a_wrong_answer_leads_back_to_the_contract(worker, offer, wrong):
    target = worker.sent(f"{offer.page}/questions", **offer.right | wrong)
    page = worker.get(target)

    assert target == f"{offer.page}?answers=wrong"
    assert "Some answers differ from the contract" in page.words
    assert f"{offer.page}/agree" not in page.actions


def test_the_employer_and_the_agent_are_both_offered(worker, scene, offer):
    page = worker.get(f"{offer.page}/questions")

    names = [each["value"] for each in page.all("input") if each.get("name") == "employer"]
    assert names == [*sorted([offer.employer, scene.agency.case.legal_name]), "?"]


def test_open_questions_are_marked_and_nothing_is_kept(worker, offer):
    page = worker.post(f"{offer.page}/questions", wage="1800")

    assert {"#id_hours", "#id_employer", "#id_place", "#id_deductions"} <= set(page.links)
    with acting(SYSTEM):
        assert not ReadBack.objects.filter(contract__reference=offer.reference).exists()


def agreed(worker, offer, **typed):
    worker.sent(f"{offer.page}/questions", **offer.right)
    shown = worker.get(offer.page).hidden("terms_hash")
    return worker.sent(f"{offer.page}/agree", **{"agreed": "on", "terms_hash": shown} | typed)


def test_consent_and_its_withdrawal(worker, offer):
    agreed(worker, offer)
    page = worker.get(offer.page)
    worker.sent(f"{offer.page}/withdraw")

    assert f"{offer.page}/withdraw" in page.actions
    assert stored(offer.reference).state == "withdrawn"


def test_consent_to_other_terms_is_refused(worker, offer):
    worker.sent(f"{offer.page}/questions", **offer.right)

    page = worker.post(f"{offer.page}/agree", agreed="on", terms_hash="00" * 32)

    assert "The terms changed. Read the new version first." in page.words
    assert stored(offer.reference).state == "offered"


def test_consent_needs_the_tick(worker, offer):
    worker.sent(f"{offer.page}/questions", **offer.right)
    shown = worker.get(offer.page).hidden("terms_hash")

    page = worker.post(f"{offer.page}/agree", terms_hash=shown)

    assert "Tick the box if you want this job." in page.words
    assert stored(offer.reference).state == "offered"


def test_consent_without_the_questions_is_refused(worker, offer):
    shown = bytes(stored(offer.reference).terms_hash).hex()

    page = worker.post(f"{offer.page}/agree", agreed="on", terms_hash=shown)

    assert "Answer the five questions about the contract first." in page.words
    assert stored(offer.reference).state == "offered"


def test_no_is_an_answer(worker, offer):
    target = worker.sent(f"{offer.page}/decline")

    assert target == "/worker/"
    assert stored(offer.reference).state == "declined"


def test_another_worker_sees_nothing(visit, scene, offer):
    other = visit(scene.drafts[1].worker.actor)

    other.get(offer.page, status=404)
    other.post(f"{offer.page}/decline", status=404)

    assert stored(offer.reference).state == "offered"


@pytest.fixture
def charge(scene, offer):
    new = payments.NewCharge("visa", 5_000_00, "INR", "R-9")
    return scene.do(contracts.record_charge, offer.reference, new, actor=scene.agent)


def test_the_worker_says_what_was_paid(worker, charge):
    before = worker.get("/worker/").links
    page = worker.get(f"/worker/charges/{charge.pk}")
    worker.sent(f"/worker/charges/{charge.pk}", amount="7,000")

    with acting(SYSTEM):
        answered = Charge.objects.get(pk=charge.pk)
    assert f"/worker/charges/{charge.pk}" in before
    assert "₹5,000" in page.words
    assert (answered.worker_amount_minor, answered.disputed) == (7_000_00, True)
    assert "You answered: " in worker.get(f"/worker/charges/{charge.pk}").text + " "


def test_an_amount_is_digits(worker, charge):
    page = worker.post(f"/worker/charges/{charge.pk}", amount="a lot")

    assert "Write the amount in digits. Example: 1800.00." in page.words


def test_a_charge_is_answered_once(worker, charge):
    worker.sent(f"/worker/charges/{charge.pk}", amount="5000")

    page = worker.post(f"/worker/charges/{charge.pk}", amount="6000")

    assert "You have answered this charge already" in page.text


def test_a_charge_of_somebody_else_is_not_there(visit, scene, charge):
    visit(scene.drafts[1].worker.actor).get(f"/worker/charges/{charge.pk}", status=404)


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize(
    "state", ["draft", "queued", "queried", "held", "approved", "rejected", "suspended"]
)
def test_the_clearance_says_who_holds_it_and_what_happens_next(visit, scene, state, language):
    filed = scene.drafts[0]
    lead(scene, filed.reference, state)

    page = visit(filed.worker.actor, language).get(f"/worker/clearances/{filed.reference}")

    assert filed.reference in page.words
    assert page.all("time") != []


def test_the_reason_of_a_rejection_is_told(visit, scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "rejected")

    page = visit(filed.worker.actor).get(f"/worker/clearances/{filed.reference}")

    assert {"The terms exploit.", "Terms that discriminate or exploit"} <= set(page.words)


def test_a_note_for_the_file_is_not_told(visit, scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "under_scrutiny")
    taken(scene, "put_back", filed.reference, reason="Between officers.")

    page = visit(filed.worker.actor).get(f"/worker/clearances/{filed.reference}")

    assert "Between officers." not in page.words


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_card_shows_the_code_and_keeps_numbers_out_of_addresses(visit, scene, language):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    visitor = visit(filed.worker.actor, language)

    page = visitor.get(f"/worker/clearances/{filed.reference}/card")
    picture = visitor.raw(page.all("img")[0]["src"])

    assert filed.worker.drawn.passport_number in page.words
    assert "SPECIMEN" in page.words
    assert (picture["Content-Type"], picture.content[:4]) == ("image/png", b"\x89PNG")
    assert picture["Cache-Control"] == "private, no-store"


def test_there_is_no_card_before_the_decision(visit, scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "queued")
    visitor = visit(filed.worker.actor)

    visitor.get(f"/worker/clearances/{filed.reference}/card", status=404)
    visitor.get(f"/worker/clearances/{filed.reference}/paper.pdf", status=404)


def test_the_card_of_somebody_else_is_not_there(visit, scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")

    other = visit(scene.drafts[1].worker.actor)

    other.get(f"/worker/clearances/{filed.reference}/card", status=404)
    assert other.raw(f"/worker/clearances/{filed.reference}/card.png").status_code == 404
