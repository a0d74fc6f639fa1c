"""The counter's pages: what is typed stays in the body of the request, never in an address."""

from functools import partial

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from emigrate.domains.departures import actions
from emigrate.domains.departures.actions import Boarding, NotBoarded
from emigrate.domains.departures.enums import CounterVerdict
from emigrate.domains.departures.forms import BoardingForm, CounterForm, OffLoadForm
from emigrate.domains.departures.models import Departure, OffLoad
from emigrate.domains.departures.queries import (
    CounterAnswer,
    CounterQuestion,
    counter_answer,
    departure_answer,
)
from emigrate.domains.reference import queries as reference
from emigrate.foundation.errors import DomainError
from emigrate.foundation.web.forms import PlainForm
from emigrate.foundation.web.views import Act, Answer
from emigrate.portals import words
from emigrate.portals.showing import show
from emigrate.portals.sign_in import ActorRequest

TONES = {
    CounterVerdict.CLEAR: "done",
    CounterVerdict.NOT_CLEAR: "wrong",
    CounterVerdict.REFER: "look",
}


@require_GET
def counter(request: ActorRequest) -> Answer:
    """One field; Enter asks."""
    airport = request.GET.get("airport") or request.actor.office or ""
    form = CounterForm(None, airports=_airports(), initial={"airport": airport})
    context = {"form": form, "done": request.GET.get("done", "")}
    return show(request, "border/counter.html", context)


@require_POST
def check(request: ActorRequest) -> Answer:
    """Green, red or amber for what was typed."""
    form = CounterForm(request.POST, airports=_airports())
    if not form.is_valid():
        return show(request, "border/counter.html", {"form": form, "done": ""})
    question: CounterQuestion = form.cleaned_data["number"]
    answer = counter_answer(question, actor=request.actor)
    filled = {
        "reference": answer.reference,
        "passport": question.passport_number,
        "airport": form.cleaned_data["airport"],
    }
    return _answered(request, answer, BoardingForm(countries=_countries(), initial=filled))


@require_POST
def departure(request: ActorRequest) -> Answer:
    """Record that the emigrant left, once."""
    form = BoardingForm(request.POST, countries=_countries())
    if not form.is_valid():
        return _again(request, form)
    typed = form.cleaned_data
    boarding = Boarding(
        reference=typed["reference"],
        passport_number=typed["passport"],
        airport=typed["airport"],
        flight=typed["flight"],
        destination=typed["destination"],
    )
    return Act(
        partial(actions.record_departure, boarding, actor=request.actor),
        then=_departed,
        refused=partial(_again, request, form),
    )


@require_http_methods(["POST"])
def off_load(request: ActorRequest) -> Answer:
    """Record that somebody was not let on board: the form first, then the record."""
    if "evidence" not in request.POST:
        filled = {name: request.POST.get(name, "") for name in ("passport", "airport", "reference")}
        return _off_loading(request, OffLoadForm(initial=filled))
    form = OffLoadForm(request.POST)
    if not form.is_valid():
        return _off_loading(request, form)
    typed = form.cleaned_data
    off = NotBoarded(
        passport_number=typed["passport"],
        airport=typed["airport"],
        reason=typed["ground"],
        evidence=typed["evidence"],
        reference=typed["reference"] or None,
        flight=typed["flight"],
    )
    return Act(
        partial(actions.record_off_load, off, actor=request.actor),
        then=_off_loaded,
        refused=partial(_off_loading, request, form),
    )


def _airports() -> list[tuple[str, str]]:
    return [(row.code, str(row)) for row in reference.airports()]


def _countries() -> list[tuple[str, str]]:
    hindi = get_language() == "hi"
    rows = reference.countries()
    return [(row.alpha3, (row.name_hi if hindi else "") or row.name) for row in rows]


def _answered(request: ActorRequest, answer: CounterAnswer, form: PlainForm) -> HttpResponse:
    tone = TONES[answer.verdict]
    context = {
        "answer": answer,
        "chip": words.Chip(tone, words.SIGNS[tone], answer.verdict.label),
        "form": form,
        "clear": answer.verdict is CounterVerdict.CLEAR,
        "ready": bool(form["passport"].value()),
    }
    asked = "destination" if context["ready"] else "passport"
    form.fields[asked].widget.attrs["autofocus"] = True
    return show(request, "border/answer.html", context)


def _again(
    request: ActorRequest, form: PlainForm, error: DomainError | None = None
) -> HttpResponse:
    """The check's answer where something was left out; else the one that refused."""
    ask = counter_answer if error is None else departure_answer
    if error is not None:
        form.refuse(error, words.sentences(error))
    question = CounterQuestion(
        form.data.get("reference"), form.data.get("passport"), form.data.get("destination")
    )
    return _answered(request, ask(question, actor=request.actor), form)


def _off_loading(
    request: ActorRequest, form: PlainForm, error: DomainError | None = None
) -> HttpResponse:
    if error is not None:
        form.refuse(error, words.sentences(error))
    return show(request, "border/off_load.html", {"form": form})


def _departed(row: Departure) -> str:
    return f"{reverse('border:counter')}?done=departure&airport={row.airport}"


def _off_loaded(row: OffLoad) -> str:
    return f"{reverse('border:counter')}?done=off-load&airport={row.airport}"
