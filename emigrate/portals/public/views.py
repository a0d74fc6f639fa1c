"""The front door, "Is this agent real?", advice, sign-in and sign-out."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.i18n import set_language

from emigrate.domains.agents.forms import RegisterForm
from emigrate.domains.agents.queries import public_register
from emigrate.foundation.transactions import today
from emigrate.foundation.web.views import Answer
from emigrate.law.current import pack
from emigrate.portals.public.forms import SignInForm
from emigrate.portals.showing import HOMES, show
from emigrate.portals.sign_in import (
    demonstration_accounts,
    sign_in_for_demonstration,
    sign_out,
)


@require_GET
def home(request: HttpRequest) -> Answer:
    """The front door."""
    return show(request, "public/home.html", {"form": RegisterForm()})


@require_GET
def agent(request: HttpRequest) -> Answer:
    """What the public register says about a name or number."""
    form = RegisterForm(request.GET if "agent" in request.GET else None)
    answer = public_register(form.cleaned_data["agent"]) if form.is_valid() else None
    return show(request, "public/agent.html", {"form": form, "answer": answer})


@require_GET
def job_offer(request: HttpRequest) -> Answer:
    """What to do with an offer of work abroad."""
    cap = pack().figure("ra.service_charge.cap", on=today())
    return show(request, "public/job_offer.html", {"cap": cap})


@require_GET
def help_page(request: HttpRequest) -> Answer:
    """Whom to ask."""
    return show(request, "public/help.html")


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> Answer:
    """Choose an account of the demonstration; there is no such page outside it."""
    accounts = demonstration_accounts()
    form = SignInForm(request.POST or None, accounts=accounts)
    if not form.is_valid():
        context = {"form": form, "next": _safe(request, request.GET.get("next", ""))}
        return show(request, "public/sign_in.html", context)
    chosen = next(each for each in accounts if each.pk == form.cleaned_data["account"])
    target = _safe(request, request.POST.get("next", ""))
    response = HttpResponseRedirect(target or reverse(HOMES.get(chosen.role, "public:home")))
    sign_in_for_demonstration(request, response, chosen.pk)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen.user.language,
            samesite="Lax",
            secure=settings.PRODUCTION,
        )
    return response


@require_POST
def leave(request: HttpRequest) -> Answer:
    """End the session."""
    response = HttpResponseRedirect(reverse("public:home"))
    sign_out(request, response)
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in the reader's browser and come back."""
    return set_language(request)


def _safe(request: HttpRequest, target: str) -> str:
    """An address on this site, else nothing."""
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(target, hosts, require_https=request.is_secure())
    return target if safe else ""
