"""Two registrations that may be one person: noted by the platform, decided by an officer."""

from dataclasses import dataclass
from datetime import date

from emigrate.domains.emigrants.actions.advance import advance
from emigrate.domains.emigrants.actions.held import held
from emigrate.domains.emigrants.enums import LIVING, Verdict
from emigrate.domains.emigrants.models import AgentLink, Emigrant, Passport, PossibleDuplicate
from emigrate.domains.emigrants.policies import EMIGRANT_POLICY
from emigrate.domains.emigrants.queries import Identity, alike_rows
from emigrate.domains.emigrants.workflow import EMIGRANT
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotFound, OwnCase, ReasonRequired, WrongState
from emigrate.foundation.transactions import action, now


@dataclass(frozen=True, slots=True, repr=False)
class _Asked:
    birth_date: date
    phone: str


@action
def note_doubts(emigrant_id: int, identity: Identity, phone: str, *, actor: Actor) -> int:
    """Note who else may be this person, each pair once; how many stand. For the platform."""
    EMIGRANT_POLICY.require_role(actor, "keep")
    alike = alike_rows(emigrant_id, identity.full_name, _Asked(identity.birth_date, phone))
    PossibleDuplicate.objects.bulk_create(
        [
            PossibleDuplicate(
                emigrant_id=max(other, emigrant_id),
                other_id=min(other, emigrant_id),
                ground=ground,
                found_at=now(),
            )
            for other, _, ground in alike
        ],
        ignore_conflicts=True,
    )
    return len(alike)


@action
def decide_doubt(doubt_id: int, verdict: str, *, reason: str, actor: Actor) -> PossibleDuplicate:
    """An officer finds two registrations to be one person, or two.

    One person: the younger registration is held until it is merged or cleared. Nobody decides
    about a registration of one's own making. NotFound, NotPermitted, OwnCase, ReasonRequired.
    """
    EMIGRANT_POLICY.require_role(actor, "decide")
    if not reason.strip():
        raise ReasonRequired(verb="decide_doubt")
    rows = PossibleDuplicate.objects.select_for_update().filter(pk=doubt_id)
    doubt = rows.first()
    if doubt is None or verdict not in (Verdict.SAME, Verdict.DIFFERENT):
        raise NotFound(subject="doubt")
    if doubt.verdict != Verdict.OPEN:
        raise WrongState(verb="decide_doubt", state=doubt.verdict)
    younger = held("decide", actor=actor, pk=doubt.emigrant_id)
    if EMIGRANT.own(younger, actor):
        raise OwnCase(verb="decide_doubt")
    doubt.verdict, doubt.decided_by, doubt.decided_at = verdict, actor.user_id, now()
    doubt.save(update_fields=["verdict", "decided_by", "decided_at"])
    if verdict == Verdict.SAME and younger.state in LIVING:
        EMIGRANT.take("hold", younger, actor=actor, reason=reason)
    else:
        EMIGRANT.amend(f"emigrant.found_{verdict}", younger, actor=actor, reason=reason)
    return doubt


@action
def hold_as_duplicate(reference: str, *, reason: str, actor: Actor) -> Emigrant:
    """Hold a registration that may be somebody's second one."""
    case = EMIGRANT.hold(Emigrant.objects.all(), actor=actor, verb="hold", reference=reference)
    return EMIGRANT.take("hold", case, actor=actor, reason=reason)


@action
def clear_duplicate(reference: str, *, reason: str, actor: Actor) -> Emigrant:
    """It is a person of its own after all: the registration goes on where its passport stands."""
    case = EMIGRANT.hold(Emigrant.objects.all(), actor=actor, verb="clear", reference=reference)
    EMIGRANT.take("clear", case, actor=actor, reason=reason)
    return advance(case, actor=Actor.system(actor.request_id))


@action
def merge_into(reference: str, survivor: str, *, reason: str, actor: Actor) -> Emigrant:
    """End a held registration in favour of the person's other one.

    Its passport is no longer current and its agencies' links end; its cases keep their history.
    """
    case = EMIGRANT.hold(Emigrant.objects.all(), actor=actor, verb="merge", reference=reference)
    other = held("decide", actor=actor, reference=survivor)
    if other.state not in LIVING:
        raise WrongState(verb="merge", state=other.state)
    EMIGRANT.take("merge", case, actor=actor, reason=reason, merged_into_id=other.pk)
    _close(case.pk, actor=Actor.system(actor.request_id))
    return case


@action
def record_death(reference: str, died_on: date, *, reason: str, actor: Actor) -> Emigrant:
    """A person has died, as an office or the Mission learnt; the reason names the proof."""
    rows = Emigrant.objects.all()
    case = EMIGRANT.hold(rows, actor=actor, verb="record_death", reference=reference)
    EMIGRANT.take("record_death", case, actor=actor, reason=reason, died_on=died_on)
    return case


@action
def _close(emigrant_id: int, *, actor: Actor) -> None:
    del actor
    Passport.objects.filter(emigrant_id=emigrant_id, current=True).update(current=False)
    AgentLink.objects.filter(emigrant_id=emigrant_id, ended_at=None).update(ended_at=now())
