"""Contracts: drafted, signed, offered, read back, agreed to, thought over, fixed."""

from typing import Annotated, Any, Self

from pydantic import Field

from emigrate.api.cases import Cases, Verb, one
from emigrate.api.fields import (
    CaseOut,
    Code,
    Digest,
    In,
    Nothing,
    Out,
    Reason,
    Reference,
    RowId,
    Word,
    Words,
    case_columns,
    digest,
    iso,
)
from emigrate.api.routes import Call, Routes
from emigrate.api.v1.terms import TermsIn, TermsOut
from emigrate.domains.contracts import actions, queries
from emigrate.domains.contracts.enums import Channel, ContractState
from emigrate.domains.contracts.models import Contract, ReadBack
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import InvalidInput
from emigrate.foundation.money import decimal_text, minor_units

routes = Routes("Contracts")

Language = Annotated[Code, Field(max_length=8)]
MINOR = "_minor"
"""How the names of terms end that are amounts of money."""


class ContractOut(CaseOut):
    """A contract as lists show it; `terms_hash` is what is signed and agreed to."""

    country: str
    office: str
    terms_hash: str
    version_number: int
    consented_at: str | None
    locked_at: str | None

    @classmethod
    def of(cls, case: Contract) -> Self:
        """The contract as it is shown."""
        return cls(**_columns(case))


class WholeContractOut(ContractOut):
    """A contract with its parties and terms."""

    emigrant: str
    employer: str
    agent: str
    allotment: int
    terms: TermsOut


class DifferenceOut(Out):
    """One term in demand, contract and model; harm above 0 is worse for the worker."""

    term: str
    demand: Any  # terms are of many types
    contract: Any
    model: Any
    harm: int


class ComparisonOut(Out):
    """Demand, contract and model side by side, the gravest loss first; money as decimal strings.

    An amount in the demand is in the demand's currency, the others in the contract's.
    """

    items: list[DifferenceOut]


class ReadBackOut(Out):
    """Which of the five key facts were read back right."""

    right: dict[str, bool]
    all_right: bool

    @classmethod
    def of(cls, row: ReadBack) -> Self:
        """The reading as it is shown."""
        return cls(right=row.right, all_right=row.all_right)


class ContractIn(In):
    """Whom the agent proposes for which of its vacancies, on which terms."""

    emigrant: Reference
    allotment: RowId
    terms: TermsIn


class RevisionIn(In):
    """Other terms, and why."""

    terms: TermsIn
    reason: Words

    def arguments(self) -> dict[str, Any]:  # an action's arguments
        """What the action takes."""
        return {"terms": self.terms.terms(), "reason": self.reason}


class SignatureIn(In):
    """The hash of the terms that are signed."""

    terms_hash: Digest

    def arguments(self) -> dict[str, Any]:  # an action's arguments
        """What the action takes."""
        return {"terms_hash": digest(self.terms_hash)}


class ConsentIn(In):
    """The hash of the terms that are agreed to, in which language and how."""

    terms_hash: Digest
    language: Language
    channel: Channel = Channel.WEB

    def arguments(self) -> dict[str, Any]:  # an action's arguments
        """What the action takes."""
        return {
            "terms_hash": digest(self.terms_hash),
            "language": self.language,
            "channel": self.channel,
        }


class ReadBackIn(In):
    """The emigrant's answers to the five key facts: wage, hours, employer, place, deductions.

    The wage is an amount and its currency, `1800.00 SAR`; the deductions an amount in the same
    currency, `0.00`.
    """

    answers: Annotated[dict[Code, Word], Field(max_length=10)]
    language: Language
    channel: Channel = Channel.WEB

    def arguments(self) -> dict[str, Any]:  # an action's arguments
        """What the action takes: money in minor units; what is no amount stays a wrong answer."""
        amount, _, currency = self.answers.get("wage", "").strip().upper().rpartition(" ")
        money = {"wage": amount, "deductions": self.answers.get("deductions", "").strip()}
        minor = {name: _minor(text, currency) for name, text in money.items()}
        if minor["wage"] is not None:
            minor["wage"] = f"{minor['wage']} {currency}"
        known = {name: text for name, text in minor.items() if text is not None}
        answers = {**self.answers, **known}
        return {"answers": answers, "language": self.language, "channel": self.channel}


def _minor(text: str, currency: str) -> str | None:
    try:
        return str(minor_units(text.strip(), currency))
    except InvalidInput:
        return None


def _columns(case: Contract) -> dict[str, Any]:
    return {
        **case_columns(case),
        "country": case.country,
        "office": case.office,
        "terms_hash": bytes(case.terms_hash).hex(),
        "version_number": case.version_number,
        "consented_at": iso(case.consented_at),
        "locked_at": iso(case.locked_at),
    }


def _whole(reference: str, actor: Actor) -> WholeContractOut:
    case = queries.contract(reference, actor=actor)
    return WholeContractOut(
        **_columns(case),
        emigrant=case.emigrant.reference,
        employer=case.employer.reference,
        agent=case.agent.reference,
        allotment=case.allotment_id,
        terms=TermsOut.of_terms(queries.terms_of(case.pk)),
    )


# fmt: off
contracts = Cases(routes, "/contracts", queries.contracts_for, ContractOut, ContractState)
contracts.list()
contracts.look_up(WholeContractOut, _whole)
contracts.steps([
    Verb("revise",    RevisionIn,  actions.revise_contract),
    Verb("sign",      SignatureIn, actions.sign_for_employer),
    Verb("offer",     Nothing,     actions.offer_contract),
    Verb("read-back", ReadBackIn,  actions.read_back, ReadBackOut),
    Verb("consent",   ConsentIn,   actions.consent),
    Verb("decline",   Nothing,     actions.decline_contract),
    Verb("withdraw",  Nothing,     actions.withdraw_consent),
    Verb("lock",      Nothing,     actions.lock_contract),
    Verb("void",      Reason,      actions.void_contract),
    Verb("annul",     Reason,      actions.annul_contract),
])
# fmt: on


@routes.post("/contracts", ContractOut, status=201)
def draft(call: Call, body: ContractIn) -> ContractOut:
    """Draft a contract for an emigrant whom the agency is linked with."""
    new = actions.NewContract(body.emigrant, body.allotment, body.terms.terms())
    return ContractOut.of(actions.draft_contract(new, actor=call.actor))


@routes.get("/contracts/{reference}/comparison", ComparisonOut)
def comparison(call: Call, reference: Reference) -> ComparisonOut:
    """Demand, contract and model side by side, the gravest loss for the worker first."""
    case = one(queries.contracts_for(call.actor), reference)
    found = queries.compare(case.pk)
    agreed = queries.terms_of(case.pk).currency
    promised = queries.promised_currency(found, agreed)
    return ComparisonOut(
        items=[
            DifferenceOut(
                term=each.term.removesuffix(MINOR),
                demand=_shown(each.term, each.demand, promised),
                contract=_shown(each.term, each.contract, agreed),
                model=_shown(each.term, each.model, agreed),
                harm=each.harm,
            )
            for each in found
        ]
    )


def _shown(term: str, value: Any, currency: str) -> Any:  # terms are of many types
    return decimal_text(value, currency) if term.endswith(MINOR) and value is not None else value
