"""What the law and the register say about an application, as findings for the officers."""

from collections.abc import Iterator
from datetime import date

from django.contrib.postgres.search import TrigramSimilarity
from django.utils.translation import gettext_lazy as _

from emigrate.domains.agents.enums import AgentState, ApplicationKind
from emigrate.domains.agents.models import Agent, AgentApplication
from emigrate.foundation.names.organisations import look_alike_key
from emigrate.law.current import pack
from emigrate.law.engine.figures import Figure

Finding = dict[str, object]

ALIKE = 0.6
LIVE = (AgentState.ACTIVE, AgentState.SUSPENDED)


def application_findings(case: AgentApplication, *, on: date) -> list[Finding]:
    """What speaks against an application on a day; `block` stops the submission.

    The applications of others are looked through as far as the acting officer sees them.
    """
    return [*_renewal(case, on), *_history(case, on), *_premises(case, on), *_names(case)]


def blocking(findings: list[Finding]) -> list[str]:
    """The codes of the findings that stop a step."""
    return [str(found["code"]) for found in findings if found["severity"] == "block"]


def _renewal(case: AgentApplication, on: date) -> Iterator[Finding]:
    if case.kind != ApplicationKind.RENEWAL or case.agent is None:
        return
    for found in pack().renewal_window(case.agent.valid_until, on):
        if found.code == "renewal_late" and not case.cause.strip():
            yield found.as_json() | {"code": "renewal_cause_missing", "severity": "block"}
        else:
            yield found.as_json()


def _history(case: AgentApplication, on: date) -> Iterator[Finding]:
    earlier = Agent.objects.filter(organisation_id=case.organisation_id)
    if earlier.filter(disqualified_until__gte=on).exists():
        years = pack().figure("ra.disqualification_years", on=on)
        text = _("A certificate was cancelled within the last %(years)s years.")
        yield _finding("agent_disqualified", "block", text % {"years": years.value}, years)
    if case.kind == ApplicationKind.NEW and earlier.filter(state__in=LIVE).exists():
        yield _plain("certificate_live", "block", _("There is a live certificate: renew it."))
    same = AgentApplication.objects.filter(pan_blind=case.pan_blind)
    if same.exclude(organisation_id=case.organisation_id).exists():
        yield _plain("pan_elsewhere", "warn", _("Another applicant gave the same PAN."))


def _premises(case: AgentApplication, on: date) -> Iterator[Finding]:
    least = pack().figure("ra.office.min_area", on=on)
    area = case.office_area if case.inspected_area is None else case.inspected_area
    if area < least.value:
        text = _("The office has %(area)s square metres; %(least)s are asked for.")
        yield _finding("office_small", "refer", text % {"area": area, "least": least.value}, least)


def _names(case: AgentApplication) -> Iterator[Finding]:
    key = look_alike_key(case.legal_name)
    others = Agent.objects.exclude(organisation_id=case.organisation_id)
    alike = others.annotate(alike=TrigramSimilarity("name_key", key)).filter(alike__gte=ALIKE)
    for other in alike.order_by("-alike", "id")[:3]:
        text = _("The name is easily taken for %(name)s.") % {"name": other}
        yield _plain("name_alike", "warn", text)


def _finding(code: str, severity: str, text: object, figure: Figure) -> Finding:
    return {
        "code": code,
        "severity": severity,
        "figure": figure.key,
        "value": figure.value,
        "valid_from": figure.valid_from.isoformat(),
        "reference": figure.reference,
        "text": str(text),
    }


def _plain(code: str, severity: str, text: object) -> Finding:
    return {"code": code, "severity": severity, "text": str(text)}
