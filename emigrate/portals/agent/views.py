"""The agent's pages. Each view reads, asks a form, takes one action, and goes on."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from emigrate.domains.clearances import actions
from emigrate.domains.clearances.forms import (
    AnswerForm,
    DraftForm,
    RedateForm,
    SubmitForm,
    WithdrawForm,
    form_for,
)
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.clearances.workflow import CLEARANCE
from emigrate.domains.contracts import queries as contracts
from emigrate.domains.contracts.models import Contract
from emigrate.foundation.errors import DomainError
from emigrate.foundation.web.forms import PlainForm
from emigrate.foundation.web.views import Act, Answer
from emigrate.portals import words
from emigrate.portals.agent import reading
from emigrate.portals.showing import show
from emigrate.portals.sign_in import ActorRequest
from emigrate.portals.worker.reading import payments_of


@require_GET
def home(request: ActorRequest) -> Answer:
    """Workers, vacancies, contracts and clearances."""
    return show(request, "agent/home.html", {"desk": reading.desk_of(request.actor)})


@require_http_methods(["GET", "POST"])
def draft(request: ActorRequest, reference: str) -> Answer:
    """Write an application on a fixed contract."""
    contract = contracts.contract(reference, actor=request.actor)
    form = DraftForm(request.POST or None)
    if not form.is_valid():
        return _drafted(request, contract, form)
    new = actions.NewClearance(reference, **form.cleaned_data)
    return Act(
        partial(actions.draft_clearance, new, actor=request.actor),
        then=_at_clearance,
        refused=partial(_drafted, request, contract, form),
    )


@require_GET
def clearance(request: ActorRequest, reference: str) -> Answer:
    """One application: what it needs, where it stands, what was asked."""
    return _shown(request, reference)


@require_POST
def submit(request: ActorRequest, reference: str) -> Answer:
    """Hand the application in."""
    form = form_for(SubmitForm, "submit", request.POST)
    form.is_valid()
    wanted = form.cleaned_data["for_an_order"]
    return Act(
        partial(actions.submit_clearance, reference, actor=request.actor, for_an_order=wanted),
        then=_at_clearance,
        refused=partial(_shown, request, reference, "submit", form),
    )


@require_POST
def answer(request: ActorRequest, reference: str) -> Answer:
    """Answer the officer's question."""
    return _reasoned(request, reference, "answer", AnswerForm)


@require_POST
def redate(request: ActorRequest, reference: str) -> Answer:
    """Name another day of departure."""
    form = form_for(RedateForm, "redate", request.POST)
    shown = partial(_shown, request, reference, "redate", form)
    if not form.is_valid():
        return shown()
    act = partial(actions.redate_clearance, reference, actor=request.actor, **form.cleaned_data)
    return Act(act, then=_at_clearance, refused=shown)


@require_POST
def withdraw(request: ActorRequest, reference: str) -> Answer:
    """Take the application back."""
    return _reasoned(request, reference, "withdraw", WithdrawForm)


FORMS: dict[str, type[PlainForm]] = {
    "submit": SubmitForm,
    "answer": AnswerForm,
    "redate": RedateForm,
    "withdraw": WithdrawForm,
}
VERBS: dict[str, Any] = {  # actions of one shape: (reference, words, actor=)
    "answer": actions.answer_query,
    "withdraw": actions.withdraw_clearance,
}


def _reasoned(
    request: ActorRequest, reference: str, verb: str, form_class: type[PlainForm]
) -> Answer:
    form = form_for(form_class, verb, request.POST)
    shown = partial(_shown, request, reference, verb, form)
    if not form.is_valid():
        return shown()
    act = partial(VERBS[verb], reference, form.cleaned_data["reason"], actor=request.actor)
    return Act(act, then=_at_clearance, refused=shown)


def _shown(
    request: ActorRequest,
    reference: str,
    verb: str = "",
    form: PlainForm | None = None,
    error: DomainError | None = None,
) -> HttpResponse:
    if form is not None and error is not None:
        form.refuse(error, words.sentences(error))
    filed = reading.filed(reference, request.actor)
    forms = {name: form_for(each, name, None) for name, each in FORMS.items()}
    context = {
        "filed": filed,
        "needed": reading.needed(filed.row),
        "history": reading.history(filed.row),
        "payments": payments_of(filed.row, request.actor),
        "fees": reading.on_withdrawal(filed.row),
        "open": {step.verb for step in CLEARANCE.open_to(request.actor, filed.row)},
        "forms": forms | ({verb: form} if form is not None else {}),
        "failed": form,
    }
    return show(request, "agent/clearance.html", context)


def _drafted(
    request: ActorRequest,
    contract: Contract,
    form: PlainForm,
    error: DomainError | None = None,
) -> HttpResponse:
    if error is not None:
        form.refuse(error, words.sentences(error))
    return show(request, "agent/draft.html", {"contract": contract, "form": form})


def _at_clearance(case: Clearance) -> str:
    return reverse("agent:clearance", args=[case.reference])
