"""Who pays, who sees payments, who gives money back."""

from django.db.models import Q

from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.database.rows import (
    ANY_ROLE,
    EVERY_ROW,
    OWN_ORGANISATION,
    OWN_PERSON,
    RowSecurity,
)
from emigrate.foundation.policy import PolicyTable, Scope, everywhere, only


def by_own_organisation(actor: Actor) -> Q:
    """Orders that the actor's organisation pays."""
    return only(payer_organisation_id=actor.organisation_id)


def for_oneself(actor: Actor) -> Q:
    """Orders about the person, whoever pays."""
    return only(person_id=actor.person_id)


def by_oneself(actor: Actor) -> Q:
    """Orders that the person pays."""
    return only(person_id=actor.person_id) & Q(payer_organisation=None)


def of_own_agency(actor: Actor) -> Q:
    """Charges that the actor's agency recorded."""
    return only(agency_id=actor.organisation_id)


PAYERS: dict[str, Scope] = {
    Role.RA_ADMIN: by_own_organisation,
    Role.RA_STAFF: by_own_organisation,
    Role.FE_ADMIN: by_own_organisation,
    Role.CSC_VLE: by_own_organisation,
}
OVERSEERS = (Role.POE_DA, Role.POE, Role.PGE_DA, Role.PGE, Role.HELPDESK, Role.AUDITOR, Role.SYSTEM)
OFFICIALS: dict[str, Scope] = dict.fromkeys(OVERSEERS, everywhere)

# fmt: off
PAYMENT_POLICY = PolicyTable("payment", {
    "view":      {**PAYERS, Role.EMIGRANT: for_oneself, **OFFICIALS},
    "pay":       {**PAYERS, Role.EMIGRANT: by_oneself, Role.SYSTEM: everywhere},
    "settle":    {Role.SYSTEM: everywhere},
    "refund":    {Role.PGE_DA: everywhere, Role.PGE: everywhere, Role.SYSTEM: everywhere},
    "reconcile": {Role.PGE_DA: everywhere, Role.PGE: everywhere},
})
CHARGE_POLICY = PolicyTable("charge", {
    "view":   {Role.RA_ADMIN: of_own_agency, Role.RA_STAFF: of_own_agency,
               Role.EMIGRANT: for_oneself, Role.CSC_VLE: for_oneself, **OFFICIALS},
    "record": {Role.RA_ADMIN: of_own_agency, Role.RA_STAFF: of_own_agency},
    "answer": {Role.EMIGRANT: for_oneself, Role.CSC_VLE: for_oneself},
})
# fmt: on

_PAYER = f"payer_organisation_id = {OWN_ORGANISATION}"
_PERSON = f"person_id = {OWN_PERSON}"
_AGENCY = f"agency_id = {OWN_ORGANISATION}"
_SEEN = dict.fromkeys(OFFICIALS, EVERY_ROW)
_POSTING_SEEN = "EXISTS (SELECT 1 FROM payments_posting p WHERE p.id = posting_id)"
_ORDER_SEEN = "EXISTS (SELECT 1 FROM payments_order o WHERE o.id = order_id)"

RowSecurity(
    "payments_order",
    read={**dict.fromkeys(PAYERS, _PAYER), "emigrant": _PERSON, **_SEEN},
    write={
        **dict.fromkeys(PAYERS, _PAYER),
        "emigrant": f"{_PERSON} AND payer_organisation_id IS NULL",
        "pge_da": EVERY_ROW,
        "pge": EVERY_ROW,
        "system": EVERY_ROW,
    },
)
RowSecurity(
    "payments_receipt",
    read={"system": EVERY_ROW, ANY_ROLE: _ORDER_SEEN},
    write={"system": EVERY_ROW},
    append_only=True,
)
RowSecurity(
    "payments_posting",
    read={"system": EVERY_ROW, ANY_ROLE: _ORDER_SEEN},
    write={"system": EVERY_ROW},
    append_only=True,
)
RowSecurity(
    "payments_ledgerentry",
    read={"system": EVERY_ROW, ANY_ROLE: _POSTING_SEEN},
    write={"system": EVERY_ROW},
    append_only=True,
    guard="payments_posting_balances",
)
RowSecurity(
    "payments_charge",
    read={
        "ra_admin": _AGENCY,
        "ra_staff": _AGENCY,
        "emigrant": _PERSON,
        "csc_vle": _PERSON,
        **_SEEN,
    },
    write={
        "ra_admin": _AGENCY,
        "ra_staff": _AGENCY,
        "emigrant": _PERSON,
        "csc_vle": _PERSON,
        "system": EVERY_ROW,
    },
)
