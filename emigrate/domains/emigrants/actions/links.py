"""Who else sees a person: agencies by consent, employers, insurers and Missions for a case."""

import hmac
import random
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from emigrate.domains.accounts.enums import OrganisationKind
from emigrate.domains.accounts.queries import organisations_for
from emigrate.domains.agents.queries import require_agency_recruits
from emigrate.domains.emigrants.actions.held import held
from emigrate.domains.emigrants.enums import LIVING, ConsentBy
from emigrate.domains.emigrants.models import AgentLink, ConsentCode, Disclosure, Emigrant
from emigrate.domains.emigrants.policies import EMIGRANT_POLICY
from emigrate.domains.emigrants.workflow import EMIGRANT
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.domains.reference.enums import AGENT_ROLES, Role
from emigrate.foundation import sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import InvalidInput, NotFound, NotPermitted
from emigrate.foundation.transactions import action, now

RANDOM = random.SystemRandom()
CODE_DIGITS = 6
CODE_TRIES = 5
CODE_LIVES = timedelta(minutes=10)
CODE_PAUSE = timedelta(minutes=1)


@action
def send_consent_code(emigrant_reference: str, *, actor: Actor) -> None:
    """Send the person a one-time code for this agency; the person reads it out to agree.

    Nothing tells the agency whether the reference exists. One code a minute; a fresh one voids
    the one before. Raises NotPermitted, AgentBarred.
    """
    EMIGRANT_POLICY.require_role(actor, "ask")
    if actor.role not in AGENT_ROLES or actor.organisation_id is None:
        raise NotPermitted(permission="emigrant.ask", role=actor.role)
    require_agency_recruits(actor.organisation_id)
    system = Actor.system(actor.request_id)
    _send(emigrant_reference, actor.organisation_id, actor=system)


def link_agent(
    emigrant_reference: str, organisation_id: int, *, actor: Actor, code: str = ""
) -> AgentLink:
    """Let an agency see a person: agreed by the person signed in, or proved by the one-time code.

    A wrong code counts as a try, also when it is refused. Raises NotFound, NotPermitted,
    AgentBarred, InvalidInput (`code_wrong`, `organisation_unknown`). Linking twice keeps the first
    link.
    """
    outcome = _link(emigrant_reference, organisation_id, code, actor=actor)
    if isinstance(outcome, InvalidInput):
        raise outcome
    return outcome


@action
def end_link(emigrant_reference: str, organisation_id: int, *, actor: Actor) -> None:
    """The person takes the consent back, or the agency gives it up; NotFound without a link."""
    case = held("consent", actor=actor, reference=emigrant_reference)
    if actor.role in AGENT_ROLES and organisation_id != actor.organisation_id:
        raise NotPermitted(permission="emigrant.consent", role=actor.role)
    EMIGRANT.amend("emigrant.agent_unlinked", case, actor=actor)
    _end(case.pk, organisation_id, actor=Actor.system(actor.request_id))


@action
def link_registered(emigrant_id: int, organisation_id: int, *, actor: Actor) -> None:
    """The link of an agency that registers the person; for the platform, before the row itself."""
    EMIGRANT_POLICY.require_role(actor, "keep")
    AgentLink.objects.create(
        emigrant_id=emigrant_id,
        organisation_id=organisation_id,
        consent=ConsentBy.REGISTRATION,
        consented_at=now(),
    )


@action
def disclose(
    emigrant_id: int,
    reference: str,
    *,
    organisation_id: int | None = None,
    country: str | None = None,
    actor: Actor,
) -> None:
    """Show a person to an employer, an insurer or a country's Mission for one case. Idempotent.

    For the platform, as an effect of that case's own step.
    """
    EMIGRANT_POLICY.require_role(actor, "keep")
    to: dict[str, Any] = {"organisation_id": organisation_id, "country": country}
    Disclosure.objects.update_or_create(
        emigrant_id=emigrant_id,
        reference=reference,
        **to,
        defaults={"ended_at": None},
        create_defaults={"since": now()},
    )


@action
def end_disclosure(emigrant_id: int, reference: str, *, actor: Actor) -> None:
    """The case is over: whom it showed the person to sees the person no longer."""
    EMIGRANT_POLICY.require_role(actor, "keep")
    rows = Disclosure.objects.filter(emigrant_id=emigrant_id, reference=reference, ended_at=None)
    rows.update(ended_at=now())


@action
def _link(
    emigrant_reference: str, organisation_id: int, code: str, *, actor: Actor
) -> AgentLink | InvalidInput:
    _require_agency(organisation_id, actor)
    system = Actor.system(actor.request_id)
    if actor.role in AGENT_ROLES:
        if organisation_id != actor.organisation_id:
            raise NotPermitted(permission="emigrant.consent", role=actor.role)
        person = _person_of_code(emigrant_reference, organisation_id, code, actor=system)
        if person is None:
            return InvalidInput.at("/code", "code_wrong", _("The code is wrong or too old."))
        link = _make(person, organisation_id, ConsentBy.CODE, actor=system)
        case = held("consent", actor=actor, pk=person)
    else:
        case = held("consent", actor=actor, reference=emigrant_reference)
        by = ConsentBy.PERSON if actor.role == Role.EMIGRANT else ConsentBy.REGISTRATION
        link = _make(case.pk, organisation_id, by, actor=system)
    EMIGRANT.amend("emigrant.agent_linked", case, actor=actor)
    return link


def _require_agency(organisation_id: int, actor: Actor) -> None:
    agencies = organisations_for(actor).filter(pk=organisation_id, kind=OrganisationKind.AGENT)
    if not agencies.exists():
        text = _("There is no such recruiting agency.")
        raise InvalidInput.at("/organisation", "organisation_unknown", text)
    require_agency_recruits(organisation_id)


@action
def _make(emigrant_id: int, organisation_id: int, by: ConsentBy, *, actor: Actor) -> AgentLink:
    del actor
    link, _made = AgentLink.objects.get_or_create(
        emigrant_id=emigrant_id,
        organisation_id=organisation_id,
        ended_at=None,
        defaults={"consent": by, "consented_at": now()},
    )
    return link


@action
def _end(emigrant_id: int, organisation_id: int, *, actor: Actor) -> None:
    del actor
    rows = AgentLink.objects.filter(
        emigrant_id=emigrant_id, organisation_id=organisation_id, ended_at=None
    )
    if not rows.update(ended_at=now()):
        raise NotFound(subject="link")


@action
def _send(emigrant_reference: str, organisation_id: int, *, actor: Actor) -> None:
    person = Emigrant.objects.filter(reference=emigrant_reference, state__in=LIVING).first()
    if person is None:
        return
    codes = ConsentCode.objects.filter(emigrant=person, organisation_id=organisation_id)
    if codes.filter(sent_at__gt=now() - CODE_PAUSE).exists():
        return
    code = f"{RANDOM.randrange(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    ConsentCode.objects.update_or_create(
        emigrant=person,
        organisation_id=organisation_id,
        defaults={
            "code_hash": _code_hash(person.pk, organisation_id, code),
            "sent_at": now(),
            "expires_at": now() + CODE_LIVES,
            "tries": 0,
        },
    )
    notice = Notice(
        "emigrant.consent_code",
        person_id=person.pk,
        reference=person.reference,
        facts={"code": code},
    )
    notify(notice, actor=actor)


@action
def _person_of_code(
    emigrant_reference: str, organisation_id: int, code: str, *, actor: Actor
) -> int | None:
    """The person whose code this is, with the try counted and a right code used up."""
    del actor
    rows = ConsentCode.objects.select_for_update(of=("self",)).filter(
        emigrant__reference=emigrant_reference, organisation_id=organisation_id
    )
    sent = rows.first()
    if sent is None or sent.expires_at <= now() or sent.tries >= CODE_TRIES:
        return None
    given = _code_hash(sent.emigrant_id, organisation_id, code)
    if not hmac.compare_digest(bytes(sent.code_hash), given):
        ConsentCode.objects.filter(pk=sent.pk).update(tries=sent.tries + 1)
        return None
    ConsentCode.objects.filter(pk=sent.pk).update(expires_at=now())
    return sent.emigrant_id


def _code_hash(emigrant_id: int, organisation_id: int, code: str) -> bytes:
    text = f"{emigrant_id}:{organisation_id}:{code.strip()}"
    return sealing.blind("emigrants_consentcode.code_hash", text)
