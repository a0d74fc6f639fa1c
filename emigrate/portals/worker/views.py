"""The worker's pages. Each view reads, asks a form, takes one action, and goes on."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from emigrate.domains.clearances import queries as clearances
from emigrate.domains.contracts import actions
from emigrate.domains.contracts import queries as contracts
from emigrate.domains.contracts.enums import ContractState
from emigrate.domains.contracts.forms import ConsentForm, ReadBackForm
from emigrate.domains.contracts.models import Contract, ReadBack
from emigrate.domains.contracts.workflow import CONTRACT
from emigrate.domains.credentials import queries as credentials
from emigrate.domains.payments.actions import answer_charge
from emigrate.domains.payments.forms import ChargeAnswerForm
from emigrate.domains.payments.models import Charge
from emigrate.foundation.crypto.cose import qr_png
from emigrate.foundation.errors import DomainError, NotFound
from emigrate.foundation.web.forms import PlainForm
from emigrate.foundation.web.views import Act, Answer
from emigrate.portals import words
from emigrate.portals.showing import show
from emigrate.portals.sign_in import ActorRequest
from emigrate.portals.worker import reading


@require_GET
def tasks(request: ActorRequest) -> Answer:
    """What to do now, what waits, and what was said."""
    context = {
        "tasks": reading.tasks_of(request.actor),
        "notices": reading.notices_of(request.actor),
    }
    return show(request, "worker/tasks.html", context)


@require_GET
def contract(request: ActorRequest, reference: str) -> Answer:
    """The terms in plain words, and what can be done."""
    case = contracts.contract(reference, actor=request.actor)
    form = ConsentForm(initial={"terms_hash": bytes(case.terms_hash).hex()})
    return _offered(request, reference, form)


@require_http_methods(["GET", "POST"])
def read_back(request: ActorRequest, reference: str) -> Answer:
    """Five questions; all must be answered as the contract says."""
    case, terms = reading.offer(reference, request.actor)
    form = ReadBackForm(request.POST or None, terms=terms, **reading.possible_answers(case, terms))
    if not form.is_valid():
        return _asked(request, case, form)
    return Act(
        partial(
            actions.read_back,
            reference,
            form.answers,
            actor=request.actor,
            language=get_language() or "en",
        ),
        then=partial(_after_read_back, reference),
        refused=partial(_asked, request, case, form),
    )


@require_POST
def consent(request: ActorRequest, reference: str) -> Answer:
    """Agree to the version that was shown."""
    form = ConsentForm(request.POST)
    shown = partial(_offered, request, reference, form)
    if not form.is_valid():
        return shown()
    return Act(
        partial(
            actions.consent,
            reference,
            bytes.fromhex(form.cleaned_data["terms_hash"]),
            actor=request.actor,
            language=get_language() or "en",
        ),
        then=partial(_at_contract, reference),
        refused=shown,
    )


@require_POST
def decline(request: ActorRequest, reference: str) -> Answer:
    """Say no to the offer."""
    verb = partial(actions.decline_contract, reference, actor=request.actor)
    return Act(verb, then=_at_tasks)


@require_POST
def withdraw(request: ActorRequest, reference: str) -> Answer:
    """Take the consent back while there is time to think."""
    verb = partial(actions.withdraw_consent, reference, actor=request.actor)
    return Act(verb, then=_at_tasks)


@require_http_methods(["GET", "POST"])
def charge(request: ActorRequest, charge_id: int) -> Answer:
    """Say what was really paid."""
    row = reading.charge_of(charge_id, request.actor)
    if row is None:
        raise NotFound(subject="charge")
    form = ChargeAnswerForm(request.POST or None)
    if not form.is_valid():
        return _charged(request, row, form)
    return Act(
        partial(answer_charge, row.pk, form.cleaned_data["amount"], actor=request.actor),
        then=_at_tasks,
        refused=partial(_charged, request, row, form),
    )


@require_GET
def clearance(request: ActorRequest, reference: str) -> Answer:
    """Where the clearance stands, who holds it, until when, and what happened."""
    case = clearances.clearance(reference, actor=request.actor)
    context = {
        "case": case,
        "chip": words.state("clearance", case.state),
        "clock": reading.clock(case),
        "timeline": reading.timeline(case),
        "payments": reading.payments_of(case, request.actor),
        "card": case.state in reading.WITH_CARD,
    }
    return show(request, "worker/clearance.html", context)


@require_GET
def card(request: ActorRequest, reference: str) -> Answer:
    """The card for the airport, to show or to print."""
    case = clearances.clearance(reference, actor=request.actor)
    credentials.qr_text(reference, actor=request.actor)
    context = {"case": case, "card": reading.card_of(case, request.actor)}
    return show(request, "worker/card.html", context)


@require_GET
def card_qr(request: ActorRequest, reference: str) -> Answer:
    """The QR of the card as a picture."""
    picture = qr_png(credentials.qr_text(reference, actor=request.actor))
    return HttpResponse(picture, "image/png", headers={"Cache-Control": "private, no-store"})


@require_GET
def paper(request: ActorRequest, reference: str) -> Answer:
    """The clearance as a PDF, once the job has made it."""
    pdf = credentials.paper_pdf(reference, actor=request.actor)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{reference}.pdf"',
    }
    return HttpResponse(pdf, "application/pdf", headers=headers)


def _understood(case: Contract) -> bool:
    rows = case.read_backs.filter(version_hash=bytes(case.terms_hash), all_right=True)
    return case.state == ContractState.OFFERED and rows.exists()


def _asked(
    request: HttpRequest, case: Contract, form: PlainForm, error: DomainError | None = None
) -> HttpResponse:
    _refuse(form, error)
    return show(request, "worker/read_back.html", {"case": case, "form": form})


def _offered(
    request: ActorRequest, reference: str, form: PlainForm, error: DomainError | None = None
) -> HttpResponse:
    _refuse(form, error)
    case, terms = reading.offer(reference, request.actor)
    context = {
        "case": case,
        "terms": reading.plain_terms(terms),
        "open": {step.verb for step in CONTRACT.open_to(request.actor, case)},
        "understood": _understood(case),
        "form": form,
        "wrong": request.GET.get("answers") == "wrong",
    }
    return show(request, "worker/contract.html", context)


def _charged(
    request: HttpRequest, row: Charge, form: PlainForm, error: DomainError | None = None
) -> HttpResponse:
    _refuse(form, error)
    return show(request, "worker/charge.html", {"charge": row, "form": form})


def _refuse(form: PlainForm, error: DomainError | None) -> None:
    if error is not None:
        form.refuse(error, words.sentences(error))


def _after_read_back(reference: str, checked: ReadBack) -> str:
    address = reverse("worker:contract", args=[reference])
    return address if checked.all_right else f"{address}?answers=wrong"


def _at_contract(reference: str, _done: object) -> str:
    return reverse("worker:contract", args=[reference])


def _at_tasks(_done: object) -> str:
    return reverse("worker:tasks")
