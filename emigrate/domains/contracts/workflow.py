"""The whole machine of a contract, on one screen."""

from typing import TYPE_CHECKING

from emigrate.domains.contracts.enums import ContractState as S
from emigrate.domains.contracts.policies import CONTRACT_POLICY
from emigrate.domains.reference.enums import Role
from emigrate.foundation.transactions import now
from emigrate.foundation.workflow import Desk, Step, Workflow

if TYPE_CHECKING:  # type checking
    from emigrate.domains.contracts.models import Contract


def understood(case: "Contract") -> str | None:
    """All five key facts of this very version were read back right."""
    right = case.read_backs.filter(version_hash=case.terms_hash, all_right=True).exists()
    return None if right else "read_back_missing"


def thought_over(case: "Contract") -> str | None:
    """The cooling-off time has passed."""
    over = case.think_until is not None and case.think_until <= now()
    return None if over else "cooling_off"


# fmt: off
CONTRACT: "Workflow[Contract]" = Workflow(
    "contract", table="contracts_contract", states=S, initial=S.DRAFT, policy=CONTRACT_POLICY,
    content=("emigrant_id", "allotment_id", "terms_hash", "version_number"),
    desks={
        S.DRAFT:           Desk(Role.FE_ADMIN),
        S.EMPLOYER_SIGNED: Desk(Role.RA_ADMIN),
        S.OFFERED:         Desk(Role.EMIGRANT),
        S.CONSENTED:       Desk(Role.EMIGRANT),
    },
    steps=[
        #    verb        from                                 to                 who may    event
        Step("sign",     S.DRAFT,                             S.EMPLOYER_SIGNED, "sign",    "contract.signed"),
        Step("offer",    S.EMPLOYER_SIGNED,                   S.OFFERED,         "draft",   "contract.offered"),
        Step("revise",   (S.DRAFT, S.EMPLOYER_SIGNED, S.OFFERED, S.CONSENTED), S.DRAFT, "draft",   "contract.changed", reason=True),
        Step("consent",  S.OFFERED,                           S.CONSENTED,       "consent", "contract.consented", needs=(understood,)),
        Step("decline",  S.OFFERED,                           S.DECLINED,        "consent", "contract.declined"),
        Step("withdraw", S.CONSENTED,                         S.WITHDRAWN,       "consent", "contract.withdrawn"),
        Step("lock",     S.CONSENTED,                         S.LOCKED,          "lock",    "contract.locked", needs=(thought_over,)),
        Step("void",     (S.DRAFT, S.EMPLOYER_SIGNED, S.OFFERED), S.VOID,        "void",    "contract.voided", reason=True),
        Step("annul",    S.LOCKED,                            S.VOID,            "annul",   "contract.voided", reason=True),
    ],
)
# fmt: on
