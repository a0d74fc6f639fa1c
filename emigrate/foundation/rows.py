"""How the engine's own tables are guarded in the database (leaves: `database/guards.py`)."""

from emigrate.foundation.database.rows import (
    ANY_ROLE,
    EVERY_ROW,
    OWN_USER,
    RowSecurity,
    open_table,
)

RowSecurity(
    "foundation_idempotencykey",
    read={
        "system": EVERY_ROW,
        ANY_ROLE: "owner = actor_role() || coalesce(':' || actor_user()::text, '')",
    },
    erasable=True,
)
RowSecurity(
    "foundation_proposal",
    read={ANY_ROLE: EVERY_ROW},
    write={ANY_ROLE: f"proposed_by = {OWN_USER}"},
    append_only=True,
)
RowSecurity(
    "foundation_wrappedkey",
    read={ANY_ROLE: EVERY_ROW},
    append_only=True,
    erasable=True,
)
for table in ("logentry", "logcheckpoint"):
    reason = "places of leaves and signed tree heads, public by design; only added to"
    open_table(f"foundation_{table}", reason, verbs="INSERT")
open_table("foundation_receivedevent", "ids and digests of partners' events", verbs="INSERT")
open_table("platform_simulation", "the mark of a simulation, written by the owner alone", verbs="")
for table in ("django_content_type", "django_migrations"):
    open_table(table, "the framework's own register of tables", verbs="")
for table in ("auth_group", "auth_group_permissions", "auth_permission"):
    open_table(table, "unused: permissions stand in the policy tables", verbs="")
for table in ("jobs", "events", "periodic_defers", "workers"):
    open_table(f"procrastinate_{table}", "jobs carry ids only", verbs="INSERT, UPDATE, DELETE")
