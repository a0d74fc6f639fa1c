"""The compulsory insurance: quoted, paid, issued by the insurer, cancelled; claims on it."""

from typing import Annotated, Any, Self

from pydantic import Field

from emigrate.api.cases import Cases, Verb
from emigrate.api.fields import (
    Amount,
    CaseOut,
    Day,
    In,
    MoneyOut,
    Nothing,
    Out,
    Reason,
    Reference,
    Word,
    case_columns,
    iso,
)
from emigrate.api.pages import USUAL, Cursor, Limit, Page, page, page_of
from emigrate.api.routes import Call, Routes
from emigrate.domains.insurance import actions, queries
from emigrate.domains.insurance.enums import PolicyState
from emigrate.domains.insurance.models import Claim, Policy, Reconciliation
from emigrate.domains.reference.enums import HOME_CURRENCY
from emigrate.foundation.money import minor_units

routes = Routes("Insurance")


class PolicyOut(CaseOut):
    """The insurance of one worker for one contract.

    `order` is the payment of its premium, `paper` the document with the insurer's paper.
    """

    contract: str
    country: str
    term_months: int
    from_date: str
    to_date: str
    sum_insured: MoneyOut
    premium: MoneyOut
    order: str
    number: str
    insurer: str
    paper: str
    dispute: str

    @classmethod
    def of(cls, case: Policy) -> Self:
        """The policy as it is shown."""
        return cls(
            **case_columns(case),
            contract=case.contract_reference,
            country=case.country,
            term_months=case.term_months,
            from_date=case.from_date.isoformat(),
            to_date=case.to_date.isoformat(),
            sum_insured=MoneyOut.of(case.sum_minor, HOME_CURRENCY),
            premium=MoneyOut.of(case.premium_minor, HOME_CURRENCY),
            order=case.order_reference,
            number=case.number,
            insurer=case.insurer,
            paper=case.document_reference,
            dispute=case.dispute,
        )


class ClaimOut(Out):
    """A claim on a policy, as the insurer told it."""

    number: str
    policy: str
    registered_on: str | None
    settled_on: str | None
    outcome: str
    amount: MoneyOut | None

    @classmethod
    def of(cls, row: Claim) -> Self:
        """The claim as it is shown."""
        paid = row.amount_minor
        return cls(
            number=row.number,
            policy=row.policy.reference,
            registered_on=iso(row.registered_on),
            settled_on=iso(row.settled_on),
            outcome=row.outcome,
            amount=None if paid is None else MoneyOut.of(paid, row.currency),
        )


class PolicyDifferenceOut(Out):
    """In what one policy differs between the insurer's list and the platform."""

    code: str
    reference: str
    number: str


class ReconciliationOut(Out):
    """A day compared with the insurer's list of it."""

    id: int
    day: str
    at: str
    theirs: int
    ours: int
    differences: list[PolicyDifferenceOut]

    @classmethod
    def of(cls, row: Reconciliation) -> Self:
        """The day as it is shown."""
        return cls(
            id=row.pk,
            day=row.day.isoformat(),
            at=row.at.isoformat(),
            theirs=row.theirs,
            ours=row.ours,
            differences=[PolicyDifferenceOut(**each) for each in row.differences],
        )


class QuoteIn(In):
    """The fixed contract, and the planned departure."""

    contract: Reference
    cover_from: Day | None = None


class LifeCoverIn(In):
    """A further life insurance in rupees (0: none), with its number."""

    amount: Amount
    policy_number: Annotated[Word, Field(max_length=64)] = ""

    def arguments(self) -> dict[str, Any]:  # an action's arguments
        """What the action takes."""
        return {
            "amount_minor": minor_units(self.amount, HOME_CURRENCY),
            "policy_number": self.policy_number,
        }


# fmt: off
policies = Cases(routes, "/policies", queries.policies_for, PolicyOut, PolicyState)
policies.list()
policies.look_up()
policies.steps([
    Verb("drop",       Nothing,     actions.drop_quote),
    Verb("life-cover", LifeCoverIn, actions.record_life_cover),
    Verb("cancel",     Reason,      actions.cancel_policy),
    Verb("look-again", Reason,      actions.look_again),
])
# fmt: on


@routes.post("/policies", PolicyOut, status=201)
def quote(call: Call, body: QuoteIn) -> PolicyOut:
    """Quote for a fixed contract, and open the order for its premium."""
    case = actions.quote_policy(body.contract, cover_from=body.cover_from, actor=call.actor)
    return PolicyOut.of(case)


@routes.get("/claims", page_of(ClaimOut))
def claims(call: Call, limit: Limit = USUAL, cursor: Cursor | None = None) -> Page[ClaimOut]:
    """The claims that I may see, newest first."""
    return page(queries.claims_for(call.actor), ClaimOut.of, limit=limit, cursor=cursor)


@routes.get("/insurance/reconciliations", page_of(ReconciliationOut))
def reconciliations(
    call: Call, limit: Limit = USUAL, cursor: Cursor | None = None
) -> Page[ReconciliationOut]:
    """The days that were compared with the insurer's lists, newest first."""
    rows = queries.reconciliations_for(call.actor)
    return page(rows, ReconciliationOut.of, limit=limit, cursor=cursor)
