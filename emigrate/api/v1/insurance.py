"""The compulsory insurance: quoted, paid, issued by the insurer, cancelled."""

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
    Reason,
    Reference,
    Word,
    case_columns,
)
from emigrate.api.routes import Call, Routes
from emigrate.domains.insurance import actions, queries
from emigrate.domains.insurance.enums import PolicyState
from emigrate.domains.insurance.models import Policy
from emigrate.foundation.money import minor_units

routes = Routes("Insurance")

RUPEES = "INR"


class PolicyOut(CaseOut):
    """The insurance of one worker for one contract; `order` is the payment of its premium."""

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
            sum_insured=MoneyOut.of(case.sum_minor, RUPEES),
            premium=MoneyOut.of(case.premium_minor, RUPEES),
            order=case.order_reference,
            number=case.number,
            insurer=case.insurer,
            dispute=case.dispute,
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
            "amount_minor": minor_units(self.amount, RUPEES),
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
