"""The engine: a workflow is a table of steps, and a state changes only through it.

One table per kind of case, checked when it is imported. `take` asks, in this order: is the step
open in this state, may this actor, is it somebody else's case, is the reason given, do the needs
hold, has a second officer agreed. Then state, clock and audit leaf are one SQL statement
(`foundation/audit/record.py`), and subscribers hear the event in the same transaction.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Generic, TypeAlias, TypeVar

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, Value

from emigrate.foundation import events
from emigrate.foundation.actors import Actor
from emigrate.foundation.audit import record
from emigrate.foundation.audit.filed import filed
from emigrate.foundation.calendar import Calendar, due_at
from emigrate.foundation.cases import Case
from emigrate.foundation.errors import (
    Blocked,
    NotFound,
    NotPermitted,
    OwnCase,
    ReasonRequired,
    WrongState,
)
from emigrate.foundation.periods import Length, Period
from emigrate.foundation.policy import PolicyTable
from emigrate.foundation.transactions import now, today

C = TypeVar("C", bound=Case)
Need: TypeAlias = Callable[[Any], str | None]
Days: TypeAlias = Callable[[date], Length]

CLOCK = ("held_by", "due_at", "clock_left", "clock_working", "escalation")
"""The columns of a case that say who holds it and until when."""

WORKFLOWS: dict[str, "Workflow[Any]"] = {}
"""Every machine by its name, for pictures, clocks and guards."""


@dataclass(frozen=True, slots=True)
class Step:
    """One verb. `needs` return a code when unmet; `decides` refuses who created the case.

    Where officers file too (`Workflow.filing`), `decides` refuses who filed on the case as well.

    A step that ends where it begins changes what the case says and leaves its clock alone.

    With `second_officer` one person proposes the step and another one takes it, who must hold
    `second_may` too where it is named ("the Mission proposes, the Protector General orders").
    """

    verb: str
    sources: StrEnum | tuple[StrEnum, ...]
    target: StrEnum
    may: str
    event: str
    needs: tuple[Need, ...] = ()
    reason: bool = False
    decides: bool = False
    second_officer: bool = False
    second_may: str = ""

    @property
    def starts(self) -> tuple[StrEnum, ...]:
        """The states in which the step is open."""
        return self.sources if isinstance(self.sources, tuple) else (self.sources,)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who holds a case in a state, and for how many days (a dated figure of the law, in its unit).

    `pauses` stops the clock of the desk before; `runs_on` goes on with it instead of a fresh one.
    """

    role: str
    days: Days | None = None
    pauses: bool = False
    escalates_to: str = ""
    runs_on: bool = False


@dataclass(frozen=True)
class Workflow(Generic[C]):
    """The whole machine of one kind of case.

    `filing` names the permission by which officers, too, say what the case says (at the counter,
    or for the applicant): whoever did so does not decide it. Everything that an account did on the
    case counts as filing, except steps under other permissions and the amendments `judging`.
    """

    name: str
    table: str
    states: type[StrEnum]
    initial: StrEnum
    policy: PolicyTable
    steps: Sequence[Step]
    desks: Mapping[StrEnum, Desk] = field(default_factory=dict)
    content: tuple[str, ...] = ()
    filing: str = ""
    judging: tuple[str, ...] = ()
    calendar: Callable[[Any], Calendar] = lambda case: Calendar()  # noqa: ARG005 - one calendar
    _by_key: dict[tuple[str, str], Step] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.name in WORKFLOWS:
            message = f"two workflows named {self.name}"
            raise ValueError(message)
        for step in self.steps:
            self._check(step)
        if self.filing and self.filing not in self.policy.rules:
            message = f"{self.name}: unknown permission {self.filing}"
            raise ValueError(message)
        self._check_reachable()
        WORKFLOWS[self.name] = self

    def _check(self, step: Step) -> None:
        for permission in filter(None, (step.may, step.second_may)):
            if permission not in self.policy.rules:
                message = f"{self.name}.{step.verb}: unknown permission {permission}"
                raise ValueError(message)
        for source in step.starts:
            if (step.verb, source) in self._by_key:
                message = f"{self.name}: two steps for {step.verb} in {source}"
                raise ValueError(message)
            self._by_key[step.verb, source] = step

    def _check_reachable(self) -> None:
        reached: set[StrEnum] = {self.initial}
        while new := {s.target for s in self.steps if set(s.starts) & reached} - reached:
            reached |= new
        if missing := set(self.states) - reached:
            message = f"{self.name}: unreachable {sorted(missing)}"
            raise ValueError(message)

    def step(self, verb: str, state: str) -> Step:
        """The step for this verb in this state, or WrongState."""
        step = self._by_key.get((verb, state))
        if step is None:
            raise WrongState(verb=verb, state=state)
        return step

    def permission(self, verb: str) -> str:
        """The permission that the verb needs (the same in every state)."""
        return next(step.may for step in self.steps if step.verb == verb)

    @property
    def judgements(self) -> set[str]:
        """The events of those who look at a case: they change nothing that it says."""
        judged = {step.event for step in self.steps if step.may != self.filing}
        judged |= {f"{self.name}.{step.verb}_proposed" for step in self.steps}
        return (judged | {*self.judging}) - {
            step.event for step in self.steps if step.may == self.filing
        }

    def own(self, case: C, actor: Actor) -> bool:
        """Whether the actor made this case: created it, or filed on it where officers file too."""
        if actor.user_id is None:
            return False
        return case.created_by == actor.user_id or (
            bool(self.filing) and filed(self, case, actor=actor)
        )

    def begin(self, case: C, *, actor: Actor) -> C:
        """Insert a new case in its first state, with its first leaf."""
        case.state = self.initial.value
        case.state_since = case.created_at = now()
        case.created_by = actor.user_id
        self._set_clock(case, self.initial)
        record.insert(self, case, actor=actor, event=f"{self.name}.created")
        events.publish(f"{self.name}.created", case, actor=actor)
        return case

    def hold(self, rows: QuerySet[C], *, actor: Actor, verb: str, **key: object) -> C:
        """Lock one case that the actor may see and may `verb`; ids in, the row out.

        Raises NotFound (also when it is not theirs to see), WrongState or NotPermitted.
        """
        case = self.lock(rows, actor=actor, permission=self.permission(verb), **key)
        self.step(verb, case.state)
        if _held(case) != self.permission(verb):
            raise NotPermitted(permission=f"{self.name}.{verb}", role=actor.role)
        return case

    def lock(self, rows: QuerySet[C], *, actor: Actor, permission: str, **key: object) -> C:
        """Lock one case that the actor may see, and remember whether the permission holds."""
        scope = self.policy.scope(actor, permission)
        visible = self.policy.narrow(rows, actor, "view").filter(**key)
        locked = visible.annotate(permitted=_as_flag(scope)).select_for_update(of=("self",))
        case = locked.first()
        if case is None and visible.exists():  # the database lets this actor read, not write
            raise NotPermitted(permission=f"{self.name}.{permission}", role=actor.role)
        if case is None:
            raise NotFound(subject=self.name)
        case.held_permission = permission if case.permitted else None  # type: ignore[attr-defined]  # read by `take` in this transaction
        return case

    def open_to(self, actor: Actor, case: C) -> list[Step]:
        """The steps this actor could take now: what a page shows as buttons."""
        here = [step for (_, source), step in self._by_key.items() if source == case.state]
        own = any(step.decides for step in here) and self.own(case, actor)
        held: dict[str, bool] = {}
        for step in here:
            if step.may not in held:
                held[step.may] = self.policy.allows(actor, step.may, case)
        return [step for step in here if held[step.may] and not (step.decides and own)]

    def take(
        self,
        verb: str,
        case: C,
        *,
        actor: Actor,
        reason: str = "",
        findings: Iterable[Mapping[str, object]] | None = None,
        **changes: object,
    ) -> C:
        """Take a step on a held case; `changes` are columns written in the same statement.

        A step for two officers is proposed by the first and happens with the second: look at
        `case.state` to know which it was.
        """
        step = self.step(verb, case.state)
        self._require(step, case, actor, reason)
        if step.second_officer and not self._second_agrees(step, case, actor):
            return self.amend(f"{self.name}.{verb}_proposed", case, actor=actor, reason=reason)
        self._move(case, step.target, changes)
        found = _kept(case, findings, changes)
        record.update(
            self,
            case,
            record.Written(step.event, actor, reason, found, changes),
        )
        events.publish(step.event, case, actor=actor)
        return case

    def amend(
        self,
        event: str,
        case: C,
        *,
        actor: Actor,
        reason: str = "",
        findings: Iterable[Mapping[str, object]] | None = None,
        **changes: object,
    ) -> C:
        """Write columns and a leaf without a change of state (a check recorded, an escalation)."""
        found = _kept(case, findings, changes)
        record.update(self, case, record.Written(event, actor, reason, found, changes))
        events.publish(event, case, actor=actor)
        return case

    def _require(self, step: Step, case: C, actor: Actor, reason: str) -> None:
        if _held(case) != step.may:
            self.policy.require(actor, step.may, case)
        if step.decides and self.own(case, actor):
            raise OwnCase(verb=step.verb)
        if step.reason and not reason.strip():
            raise ReasonRequired(verb=step.verb)
        if unmet := [code for need in step.needs if (code := need(case))]:
            raise Blocked(unmet=", ".join(unmet), codes=unmet, verb=step.verb)

    def _second_agrees(self, step: Step, case: C, actor: Actor) -> bool:
        agreed = record.second_agrees(self, case, step.verb, actor=actor)
        if agreed and step.second_may:
            self.policy.require(actor, step.second_may, case)
        return agreed

    def _move(self, case: C, target: StrEnum, changes: dict[str, object]) -> None:
        if target == case.state:
            return
        changes |= {"state": target.value, "state_since": now()}
        changes |= self._clock_in(case, target)

    def handed(self, case: C, desk: Desk) -> dict[str, Any]:  # columns of many types
        """The columns of a clock at another desk while the state stays, for `amend`."""
        period = desk.days(today()) if desk.days else None
        return {
            "held_by": desk.role,
            "due_at": due_at(now(), period, self.calendar(case)) if period else None,
            "clock_left": None,
            "clock_working": period.working if period else case.clock_working,
            "escalation": 0,
        }

    def fresh_clock(self, case: C) -> dict[str, Any]:  # columns of many types
        """The columns of a clock that begins anew where the case stands, for `amend`."""
        return self._clock_in(case, self.states(case.state), anew=True)

    def _clock_in(self, case: C, target: StrEnum, *, anew: bool = False) -> dict[str, Any]:
        """The columns of the clock in a state; the case itself stays as it is."""
        before = {name: getattr(case, name) for name in CLOCK}
        case.due_at = None if anew else case.due_at
        self._set_clock(case, target)
        columns = {name: getattr(case, name) for name in CLOCK}
        for name, value in before.items():
            setattr(case, name, value)
        return columns

    def _set_clock(self, case: C, target: StrEnum) -> None:
        left, desk = self.desks.get(self.states(case.state)), self.desks.get(target)
        paused = left is not None and left.pauses
        calendar = self.calendar(case)
        case.held_by = desk.role if desk else ""
        case.escalation = 0
        if desk is not None and desk.pauses:
            if case.due_at is not None and not paused:
                last = case.due_at.date()
                remains = calendar.left(today(), last, working=case.clock_working)
                case.clock_left = remains.days
            case.due_at = due_at(now(), desk.days(today()), calendar) if desk.days else None
        elif desk is not None and desk.days is not None:
            if not desk.runs_on or case.due_at is None or paused:
                period = _remaining(case) or desk.days(today())
                case.due_at = due_at(now(), period, calendar)
                case.clock_left, case.clock_working = None, period.working
        else:
            case.due_at = case.clock_left = None

    def mermaid(self) -> str:
        """The machine as a picture: every step with the roles that may take it."""
        lines = ["stateDiagram-v2", f"  [*] --> {self.initial}"]
        for step in self.steps:
            roles = ", ".join(sorted(self.policy.rules[step.may]))
            lines += [
                f"  {source} --> {step.target}: {step.verb} ({roles})" for source in step.starts
            ]
        return "\n".join(lines)


def _kept(
    case: Case, findings: Iterable[Mapping[str, object]] | None, changes: dict[str, object]
) -> list[Mapping[str, object]] | None:
    """The findings as a list; a case that has a column for them keeps the last ones there too."""
    if findings is None:
        return None
    found = list(findings)
    if hasattr(case, "findings"):
        changes["findings"] = found
    return found


def _remaining(case: Case) -> Period | None:
    """What a paused clock has left, in the unit in which it ran."""
    return None if case.clock_left is None else Period(case.clock_left, case.clock_working)


def _held(case: Case) -> str | None:
    return getattr(case, "held_permission", None)


def _as_flag(scope: Q | None) -> Any:  # an expression; Django's types do not name it
    if scope is None:
        return Value(value=False, output_field=BooleanField())
    if not scope:
        return Value(value=True, output_field=BooleanField())
    return ExpressionWrapper(scope, output_field=BooleanField())
