"""What anybody may read without a token."""

import functools
import time
from collections.abc import Callable
from typing import Annotated, Any, Self, TypeVar

from django.db import connection
from pydantic import Field

from emigrate.api.fields import Code, Country, Out, Word
from emigrate.api.routes import Call, Routes, Sent
from emigrate.domains.agents.queries import PublicAgent, public_register
from emigrate.domains.credentials import actions as credentials
from emigrate.domains.credentials.queries import keyring
from emigrate.domains.reference import queries as reference
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotFound

routes = Routes("Public")

SIGNED_FOR_SECONDS = 15
"""A signed list is signed anew after this; a gate asks every 15 minutes."""

T = TypeVar("T")
Question = Annotated[Word, Field(min_length=1, description="Number, reference or name.")]
ListName = Annotated[str, Field(pattern=r"^[0-9a-f]{26}$")]


class AgentFound(Out):
    """The public columns of an agent."""

    rc_number: str
    legacy_number: str
    name: str
    trade_name: str
    office: str
    category: str
    state_agency: bool
    valid_until: str
    verdict: str

    @classmethod
    def of(cls, agent: PublicAgent) -> Self:
        """The agent as the register shows it."""
        return cls(**{name: getattr(agent, name) for name in cls.model_fields})


class RegisterOut(Out):
    """Whether an agent is real: matches, and apart from them names that only look alike."""

    verdict: str
    found_by: str
    matches: list[AgentFound]
    look_alikes: list[AgentFound]


class CountryOut(Out):
    """A country of ISO 3166-1."""

    code: str
    name: str


class OccupationOut(Out):
    """A unit group of ISCO-08."""

    code: str
    title: str
    skill_level: int


class OfficeOut(Out):
    """An office of a Protector of Emigrants."""

    code: str
    name: str


class MissionOut(Out):
    """An Indian Mission or Post."""

    code: str
    city: str


class OfficesOut(Out):
    """Offices, by name."""

    items: list[OfficeOut]


class MissionsOut(Out):
    """Missions, by city."""

    items: list[MissionOut]


class Health(Out):
    """How this process is."""

    status: str


@routes.get("/public/agents", RegisterOut, transaction=False)
def is_this_agent_real(call: Call, q: Question) -> RegisterOut:
    """Is this agent real? By registration number, reference or name; the same for every asker."""
    del call
    answer = public_register(q)
    return RegisterOut(
        verdict=str(answer.verdict),
        found_by=answer.found_by,
        matches=[AgentFound.of(each) for each in answer.matches],
        look_alikes=[AgentFound.of(each) for each in answer.look_alikes],
    )


@routes.get("/reference/countries/{code}", CountryOut)
def country(call: Call, code: Country) -> CountryOut:
    """A country by its ISO 3166-1 alpha-3 code."""
    del call
    found = reference.country(code)
    return CountryOut(code=found.pk, name=str(found))


@routes.get("/reference/occupations/{code}", OccupationOut)
def occupation(call: Call, code: Code) -> OccupationOut:
    """An occupation by its ISCO-08 unit group."""
    del call
    found = reference.occupation(code)
    return OccupationOut(code=found.pk, title=found.title, skill_level=found.skill_level)


@routes.get("/reference/offices", OfficesOut)
def offices(call: Call) -> OfficesOut:
    """Every office, by name."""
    del call
    rows = reference.offices()
    return OfficesOut(items=[OfficeOut(code=each.pk, name=each.name) for each in rows])


@routes.get("/reference/missions", MissionsOut)
def missions(call: Call, country: Country) -> MissionsOut:
    """The open Missions and Posts in a country, by city."""
    del call
    rows = reference.missions_in(country)
    return MissionsOut(items=[MissionOut(code=each.pk, city=each.city) for each in rows])


@routes.get("/root", None, transaction=False)
def root(call: Call) -> Sent:
    """The certificate of the root, against which the trust list is checked."""
    del call
    return _signed(keyring().root_pem(), "application/x-pem-file")


@routes.get("/trust-list", None, transaction=False)
def trust_list(call: Call) -> Sent:
    """The trust list as of now, signed by the root."""
    del call
    return _signed(_fresh(_trust_list), "application/cose; cose-type=cose-sign1")


@routes.get("/status-lists/{name}", None, transaction=False)
def status_list(call: Call, name: ListName) -> Sent:
    """A Token Status List in CWT form, by the name that a certificate holds."""
    del call
    lists = _fresh(_status_lists)
    if name not in lists:
        raise NotFound(subject="status_list")
    return _signed(lists[name], "application/statuslist+cwt")


@routes.get("/health/live", Health, transaction=False)
def live(call: Call) -> Health:
    """This process answers."""
    del call
    return Health(status="live")


@routes.get("/health/ready", Health, transaction=False)
def ready(call: Call) -> Health:
    """This process reaches its database; 503 when it does not."""
    del call
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Health(status="ready")


def _signed(content: bytes, media_type: str) -> Sent:
    age = f"public, max-age={SIGNED_FOR_SECONDS}"
    return Sent(content, headers={"Content-Type": media_type, "Cache-Control": age})


def _fresh(make: Callable[[], T]) -> T:
    """What was signed in the last seconds, else signed anew: signing costs more than answering."""
    signed: T = _at(make, int(time.monotonic() // SIGNED_FOR_SECONDS))
    return signed


@functools.lru_cache(maxsize=4)
def _at(make: Callable[[], Any], seconds: int) -> Any:  # what is made
    del seconds
    return make()


def _trust_list() -> bytes:
    return credentials.trust_list(actor=Actor.system())


def _status_lists() -> dict[str, bytes]:
    return credentials.signed_status_lists(actor=Actor.system())
