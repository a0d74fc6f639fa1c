"""The public register: "Is this agent real?", answered for everybody alike.

Names are searched by all their words, then by a part of the name, and only when both find nothing
by likeness. Whatever merely looks like a registered name is shown apart, with its own verdict.
"""

from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchVector, TrigramSimilarity
from django.db.models import Q, QuerySet
from django.db.models.functions import Upper

from emigrate.domains.agents.enums import AgentState, Verdict
from emigrate.domains.agents.models import Agent
from emigrate.foundation.actors import Actor
from emigrate.foundation.identifiers.references import InvalidReference, normalise
from emigrate.foundation.names.organisations import look_alike_key, written_name
from emigrate.foundation.transactions import acting, today

ALIKE = 0.6
SHORTEST_PART = 3
LONGEST_QUESTION = 200
SHOWN = 10
BETWEEN = " | "
"""Stands between the legal and the trade name in `written_name`."""

VERDICTS = {
    AgentState.ACTIVE: Verdict.REGISTERED,
    AgentState.SUSPENDED: Verdict.SUSPENDED,
    AgentState.CANCELLED: Verdict.CANCELLED,
    AgentState.EXPIRED: Verdict.EXPIRED,
    AgentState.SURRENDERED: Verdict.SURRENDERED,
}


@dataclass(frozen=True, slots=True)
class PublicAgent:
    """The public columns of an agent and nothing else. `valid_until` is an ISO date."""

    rc_number: str
    legacy_number: str
    name: str
    trade_name: str
    office: str
    category: str
    state_agency: bool
    valid_until: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class RegisterAnswer:
    """What the register says: matches, and apart from them the names that only look alike.

    The verdict is that of the one match; `several` or `not_found` otherwise.
    """

    asked: str
    verdict: Verdict
    found_by: str
    matches: tuple[PublicAgent, ...]
    look_alikes: tuple[PublicAgent, ...]


def public_register(text: str) -> RegisterAnswer:
    """Look an agent up by registration number, reference or name; the same for every asker."""
    asked = " ".join(text.split())[:LONGEST_QUESTION]
    with acting(Actor.public()):
        found_by, rows = _matches(asked)
        matches = tuple(map(_public, rows))
        known = [row.pk for row in rows]
        likely = _look_alikes(asked, rows) if found_by != "number" else Agent.objects.none()
        alike = tuple(map(_public, likely.exclude(pk__in=known)[:SHOWN]))
    verdict = Verdict.NOT_FOUND if not matches else Verdict.SEVERAL
    if len(matches) == 1:
        verdict = matches[0].verdict
    return RegisterAnswer(asked, verdict, found_by, matches, alike)


def _matches(asked: str) -> tuple[str, list[Agent]]:
    """How something was found first, and what; exact things before parts."""
    rows = Agent.objects.order_by("legal_name", "id")
    written = written_name(asked)
    searches: list[tuple[str, QuerySet[Agent]]] = [("number", _by_number(rows, asked))]
    if look_alike_key(asked):
        named = rows.filter(
            Q(written_name=written)
            | Q(written_name__startswith=f"{written}{BETWEEN}")
            | Q(written_name__endswith=f"{BETWEEN}{written}")
        )
        words = SearchQuery(written, config="simple")
        texts = rows.annotate(words=SearchVector("written_name", config="simple"))
        searches += [("name", named), ("words", texts.filter(words=words))]
    if len(written) >= SHORTEST_PART:
        searches.append(("part", rows.filter(written_name__contains=written)))
    for found_by, search in searches:
        if found := list(search[:SHOWN]):
            return found_by, found
    return "", []


def _by_number(rows: QuerySet[Agent], asked: str) -> QuerySet[Agent]:
    typed = asked.upper()
    try:
        reference = normalise(asked)
    except InvalidReference:
        reference = typed
    numbered = rows.annotate(typed_legacy=Upper("legacy_number"))
    return numbered.filter(
        Q(rc_number__in=(typed, reference)) | Q(reference=reference)
        | (Q(typed_legacy=typed) & ~Q(legacy_number=""))
    )  # fmt: skip


def _look_alikes(asked: str, found: list[Agent]) -> QuerySet[Agent]:
    """Agents whose names a reader would confuse with the asked or found ones, nearest first."""
    keys = {look_alike_key(asked), *(row.name_key for row in found)} - {""}
    rows = Agent.objects.none()
    if keys:
        nearest = found[0].name_key if found else min(keys)
        alike = Agent.objects.annotate(alike=TrigramSimilarity("name_key", nearest))
        rows = alike.filter(Q(alike__gte=ALIKE) | Q(name_key__in=keys)).order_by("-alike", "id")
    return rows


def _public(row: Agent) -> PublicAgent:
    state = AgentState(row.state)
    verdict = VERDICTS[state]
    if state == AgentState.ACTIVE and row.valid_until < today():
        verdict = Verdict.EXPIRED
    return PublicAgent(
        rc_number=row.rc_number,
        legacy_number=row.legacy_number,
        name=row.legal_name,
        trade_name=row.trade_name,
        office=row.office,
        category=row.category,
        state_agency=row.state_agency,
        valid_until=row.valid_until.isoformat(),
        verdict=verdict,
    )
