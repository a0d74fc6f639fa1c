"""Who may see and administer accounts: the sign-in itself is narrower than any role.

Before a sign-in the actor is unknown, so row security would hide every row. The database function
`accounts_signed_in` (migration 0002) takes the role `sign_in` for one statement: that role sees
the one session or token whose hash was presented, then the rows of its user, and nothing else.
"""

from django.db.models import Q

from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.database.rows import ANY_ROLE, EVERY_ROW, OWN_USER, RowSecurity
from emigrate.foundation.policy import PolicyTable, Scope, everywhere, only


def themselves(actor: Actor) -> Q:
    """The actor's own account."""
    return only(pk=actor.user_id)


def own(actor: Actor) -> Q:
    """What belongs to the actor's own account."""
    return only(user_id=actor.user_id)


def own_staff(actor: Actor) -> Q:
    """Accounts of the actor's own organisation."""
    return only(memberships__organisation_id=actor.organisation_id) | themselves(actor)


def own_and_colleagues(actor: Actor) -> Q:
    """Memberships of the actor and of the actor's own organisation."""
    return only(organisation_id=actor.organisation_id) | own(actor)


def _all_roles(scope: Scope, **others: Scope) -> dict[str, Scope]:
    return {role.value: others.get(role.value, scope) for role in Role}


ADMINISTRATORS: dict[str, Scope] = {Role.SYSTEM: everywhere, Role.PGE: everywhere}
EVERYTHING = {"system": everywhere, "auditor": everywhere, "pge": everywhere}

# fmt: off
ORGANISATION_POLICY = PolicyTable("organisation", {
    "view":       _all_roles(everywhere),
    "administer": ADMINISTRATORS,
})
USER_POLICY = PolicyTable("user", {
    "view":       _all_roles(themselves, ra_admin=own_staff, fe_admin=own_staff, **EVERYTHING),
    "administer": ADMINISTRATORS,
    "add_staff":  {Role.RA_ADMIN: own_staff},
})
MEMBERSHIP_POLICY = PolicyTable("membership", {
    "view":       _all_roles(
        own, ra_admin=own_and_colleagues, fe_admin=own_and_colleagues, **EVERYTHING),
    "administer": ADMINISTRATORS,
    "use":        _all_roles(own, system=everywhere),
})
BULK_POLICY = PolicyTable("bulk_request", {
    "view":       _all_roles(own, system=everywhere),
})
SESSION_POLICY = PolicyTable("session", {
    "view":       _all_roles(own, system=everywhere),
    "start":      {Role.SYSTEM: everywhere},
})
# fmt: on

_PRESENTED = "secret_hash = decode(nullif(current_setting('app.presented', true), ''), 'hex')"
_COLLEAGUE = f"organisation_id = actor_organisation() OR user_id = {OWN_USER}"
_COLLEAGUE_USER = (
    "EXISTS (SELECT 1 FROM accounts_membership m "
    "WHERE m.user_id = accounts_user.id AND m.organisation_id = actor_organisation())"
)
_STAFF = f"id = {OWN_USER} OR {_COLLEAGUE_USER}"
_ALL = {"system": EVERY_ROW, "pge": EVERY_ROW}
_SECRETS = {"system": EVERY_ROW, ANY_ROLE: f"user_id = {OWN_USER}"}

RowSecurity("accounts_organisation", read={ANY_ROLE: EVERY_ROW}, write=_ALL)
RowSecurity(
    "accounts_user",
    read={
        **_ALL,
        "auditor": EVERY_ROW,
        "ra_admin": _STAFF,
        "fe_admin": _STAFF,
        ANY_ROLE: f"id = {OWN_USER}",
    },
    write=_ALL,
)
RowSecurity(
    "accounts_membership",
    read={
        **_ALL,
        "auditor": EVERY_ROW,
        "ra_admin": _COLLEAGUE,
        "fe_admin": _COLLEAGUE,
        ANY_ROLE: f"user_id = {OWN_USER}",
    },
    write=_ALL,
)
for table in ("accounts_session", "accounts_accesstoken"):
    RowSecurity(table, read={**_SECRETS, "sign_in": _PRESENTED}, write=_SECRETS)

_OWN_REQUEST = f"user_id = {OWN_USER} AND role = actor_role()"
_OF_OWN_REQUEST = (
    "EXISTS (SELECT 1 FROM accounts_bulkrequest b WHERE b.id = accounts_bulkrow.bulk_id)"
)
RowSecurity("accounts_bulkrequest", read={"system": EVERY_ROW, ANY_ROLE: _OWN_REQUEST})
RowSecurity("accounts_bulkrow", read={"system": EVERY_ROW, ANY_ROLE: _OF_OWN_REQUEST},
            append_only=True)  # fmt: skip
