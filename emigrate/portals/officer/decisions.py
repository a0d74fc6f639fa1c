"""What an officer can do with a case: each verb with its words, its form and its one action."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from emigrate.domains.clearances import actions
from emigrate.domains.clearances.actions import Rejection
from emigrate.domains.clearances.forms import (
    ApproveForm,
    QueryForm,
    ReasonForm,
    RejectForm,
    form_for,
)
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.clearances.workflow import CLEARANCE, nothing_to_look_at
from emigrate.foundation.actors import Actor
from emigrate.foundation.web.forms import PlainForm
from emigrate.portals.words import Text

Typed = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """One verb. `key` is the access key of its button, `take` its action, `unless` what bars it."""

    label: Text
    about: Text
    form: type[PlainForm]
    take: Callable[[str, Typed, Actor], Clearance]
    key: str = ""
    grave: bool = False
    unless: Callable[[Clearance], str | None] | None = None


def _reasoned(verb: Callable[..., Clearance]) -> Callable[[str, Typed, Actor], Clearance]:
    def take(reference: str, typed: Typed, actor: Actor) -> Clearance:
        return verb(reference, typed["reason"], actor=actor)

    return take


def _approve(reference: str, typed: Typed, actor: Actor) -> Clearance:
    return actions.approve_clearance(reference, actor=actor, note=typed["note"])


def _reject(reference: str, typed: Typed, actor: Actor) -> Clearance:
    order = Rejection(typed["ground"], typed["order"])
    return actions.reject_clearance(reference, order, actor=actor)


# fmt: off
DECISIONS: Mapping[str, Decision] = {
    "approve":  Decision(_("Approve"), _("The worker may leave. The card is signed at once."),
                         ApproveForm, _approve, "a"),
    "query":    Decision(_("Ask a question"), _("The applicant answers; your clock stops."),
                         QueryForm, _reasoned(actions.query_clearance), "q"),
    "refer":    Decision(_("Ask for advice"), _("The Mission or the Protector General advises."),
                         ReasonForm, _reasoned(actions.refer_clearance)),
    "hold":     Decision(_("Hold"), _("The case waits while an advisory stands."),
                         ReasonForm, _reasoned(actions.hold_clearance)),
    "release":  Decision(_("Let it go on"), _("The case goes back to its place in the queue."),
                         ReasonForm, _reasoned(actions.release_clearance)),
    "put_back": Decision(_("Put it back"), _("The case keeps its place in the queue."),
                         ReasonForm, _reasoned(actions.put_back)),
    "reject":   Decision(_("Reject"), _("An order in writing, on a ground of the Act."),
                         RejectForm, _reject, "r", grave=True),
    "suspend":  Decision(_("Suspend"), _("The worker may not leave until it is lifted."),
                         ReasonForm, _reasoned(actions.suspend_clearance), grave=True),
    "restore":  Decision(_("Lift the suspension"), _("A second officer must agree."),
                         ReasonForm, _reasoned(actions.restore_clearance)),
    "uphold":   Decision(_("Let it stand"), _("You looked again; the worker may leave as before."),
                         ReasonForm, _reasoned(actions.uphold_clearance),
                         unless=nothing_to_look_at),
    "cancel":   Decision(_("Cancel"), _("The card is worth nothing from now on."),
                         ReasonForm, _reasoned(actions.cancel_clearance), grave=True),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Offered:
    """A decision that is open now, with its form."""

    verb: str
    decision: Decision
    form: PlainForm


def offered(case: Clearance, actor: Actor, verb: str = "", form: Any = None) -> list[Offered]:
    """The decisions whose steps are open to this officer; the form of `verb` as it was filled."""
    known = {step.verb for step in CLEARANCE.open_to(actor, case)}
    return [
        Offered(
            name, decision, form if name == verb and form else form_for(decision.form, name, None)
        )
        for name, decision in DECISIONS.items()
        if name in known and not (decision.unless and decision.unless(case))
    ]
