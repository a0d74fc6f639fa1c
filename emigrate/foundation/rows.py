"""How the engine's own tables are guarded in the database (leaves: `database/guards.py`)."""

from emigrate.foundation.database.rows import ANY_ROLE, EVERY_ROW, RowSecurity, open_table

RowSecurity(
    "foundation_idempotencykey",
    read={
        "system": EVERY_ROW,
        ANY_ROLE: "owner = actor_role() || coalesce(':' || actor_user()::text, '')",
    },
    erasable=True,
)
open_table("foundation_logentry", "positions of leaves: numbers only, public by design")
open_table("foundation_logcheckpoint", "signed tree heads, public by design")
open_table("foundation_proposal", "account numbers and verbs only")
open_table("foundation_wrappedkey", "keys wrapped under a key outside the database")
open_table("platform_simulation", "the mark of a simulation, written by the owner alone")
for table in ("django_content_type", "django_migrations"):
    open_table(table, "the framework's own register of tables")
for table in ("auth_group", "auth_group_permissions", "auth_permission"):
    open_table(table, "unused: permissions stand in the policy tables")
for table in ("jobs", "events", "periodic_defers", "workers"):
    open_table(f"procrastinate_{table}", "jobs carry ids only")
