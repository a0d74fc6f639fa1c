"""The officer's pages. Each view reads, asks a form, takes one action, and goes on."""

from functools import partial
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from emigrate.domains.clearances import actions
from emigrate.domains.clearances import queries as clearances
from emigrate.domains.clearances.enums import Ground
from emigrate.domains.clearances.forms import TakeForm, form_for
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.clearances.queries import QUEUE_PAGE
from emigrate.foundation.errors import DomainError, NotFound
from emigrate.foundation.web.forms import PlainForm
from emigrate.foundation.web.views import Act, Answer
from emigrate.portals import words
from emigrate.portals.officer import reading
from emigrate.portals.officer.decisions import DECISIONS, offered
from emigrate.portals.showing import referred, show
from emigrate.portals.sign_in import ActorRequest


@require_GET
def queue(request: ActorRequest) -> Answer:
    """What lies on the desk, and what waits, first come first."""
    after, done = request.GET.get("after"), request.GET.get("done")
    lines = reading.queue_after(referred(after) if after else "", request.actor)
    known = clearances.clearances_for(request.actor)
    context = {
        "desk": reading.desk_of(request.actor),
        "again": reading.again_of(request.actor),
        "lines": lines,
        "more": lines[-1].row.reference if len(lines) == QUEUE_PAGE else "",
        "first": not after,
        "done": known.filter(reference=referred(done)).first() if done else None,
    }
    return show(request, "officer/queue.html", context)


@require_POST
def take_next(request: ActorRequest) -> Answer:
    """Take the case that has waited longest."""
    return Act(partial(actions.take_up_next, actor=request.actor), then=_at_case)


@require_http_methods(["GET", "POST"])
def take(request: ActorRequest, reference: str) -> Answer:
    """Take a named case; out of turn it needs a reason."""
    case = clearances.clearance(reference, actor=request.actor)
    form = TakeForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _taking(request, case, form)
    reason = form.cleaned_data["reason"]
    return Act(
        partial(actions.take_up, reference, actor=request.actor, reason=reason),
        then=_at_case,
        refused=partial(_taking, request, case, form),
    )


@require_GET
def case(request: ActorRequest, reference: str) -> Answer:
    """Checks, comparison, history, and the decisions that are open."""
    return _shown(request, reference)


@require_POST
def decide(request: ActorRequest, reference: str, verb: str) -> Answer:
    """Take one decision; a rejection is shown once more before it is given."""
    decision = DECISIONS.get(verb)
    if decision is None:
        raise NotFound
    form = form_for(decision.form, verb, request.POST)
    shown = partial(_shown, request, reference, verb, form)
    if not form.is_valid():
        return shown()
    if verb == "reject" and not form.cleaned_data["confirmed"]:
        return _read_once_more(request, reference, form)
    act = partial(decision.take, reference, form.cleaned_data, request.actor)
    return Act(act, then=_at_queue, refused=shown)


def _shown(
    request: ActorRequest,
    reference: str,
    verb: str = "",
    form: PlainForm | None = None,
    error: DomainError | None = None,
) -> HttpResponse:
    if form is not None and error is not None:
        form.refuse(error, words.sentences(error))
    file = reading.file_of(reference, request.actor)
    context = {
        "file": file,
        "decisions": offered(file.row, request.actor, verb, form),
        "failed": form,
        "verb": verb,
    }
    return show(request, "officer/case.html", context)


def _read_once_more(request: ActorRequest, reference: str, form: PlainForm) -> HttpResponse:
    file = reading.file_of(reference, request.actor)
    context = {
        "file": file,
        "typed": form.cleaned_data,
        "ground": Ground(form.cleaned_data["ground"]).label,
        "told": reading.told(file, form.cleaned_data["order"], form.cleaned_data["ground"]),
    }
    return show(request, "officer/reject.html", context)


def _taking(
    request: ActorRequest, case_: Clearance, form: PlainForm, error: DomainError | None = None
) -> HttpResponse:
    if error is not None:
        form.refuse(error, words.sentences(error))
    return show(request, "officer/take.html", {"case": case_, "form": form})


def _at_case(case_: Clearance) -> str:
    return reverse("officer:case", args=[case_.reference])


def _at_queue(case_: Clearance) -> str:
    return f"{reverse('officer:queue')}?{urlencode({'done': case_.reference})}"
