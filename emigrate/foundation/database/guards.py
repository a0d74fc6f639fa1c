"""Bring the database's own guards to what the code declares; run by the owner after migrations.

Functions (the actor, the time), row-level security, grants for the three application roles,
append-only leaves, and the deferred trigger "no state without a leaf". Everything is replaced in
one transaction, so running it twice changes nothing.
"""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import connection, transaction

from emigrate.foundation.database.rows import OPEN_TABLES, ROWS, RowSecurity
from emigrate.foundation.workflow import WORKFLOWS

APPLICATION_ROLES = ("emigrate_app", "emigrate_worker")
READER_ROLE = "emigrate_reader"
OWNER_ONLY = frozenset({"platform_simulation", "django_migrations"})

FUNCTIONS = """
CREATE OR REPLACE FUNCTION actor_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('app.role', true), '') $$;
CREATE OR REPLACE FUNCTION actor_user() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('app.user', true), '')::bigint $$;
CREATE OR REPLACE FUNCTION actor_organisation() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('app.organisation', true), '')::bigint $$;
CREATE OR REPLACE FUNCTION actor_office() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('app.office', true), '') $$;
CREATE OR REPLACE FUNCTION actor_country() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('app.country', true), '') $$;
CREATE OR REPLACE FUNCTION actor_person() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('app.person', true), '')::bigint $$;
CREATE OR REPLACE FUNCTION platform_now() RETURNS timestamptz LANGUAGE sql STABLE AS
  $$ SELECT CASE WHEN EXISTS (SELECT 1 FROM platform_simulation)
     THEN coalesce(nullif(current_setting('app.now', true), '')::timestamptz, statement_timestamp())
     ELSE statement_timestamp() END $$;
CREATE OR REPLACE FUNCTION refuse_leaf_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.entry = NEW.entry AND OLD.hash = NEW.hash AND OLD.id = NEW.id
     AND OLD.case_id = NEW.case_id AND OLD.seq = NEW.seq AND NEW.salt IS NULL
     AND NEW.reason = '' AND NEW.findings IS NULL THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'audit leaves are append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE OR REPLACE FUNCTION require_leaf() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  placed boolean;
BEGIN
  PERFORM set_config('app.guard', 'on', true);
  SELECT EXISTS (SELECT 1 FROM foundation_auditleaf leaf WHERE leaf.stream = TG_ARGV[0]
    AND leaf.case_id = NEW.id AND leaf.seq = NEW.audit_seq AND leaf.after_state = NEW.state
    AND leaf.hash = NEW.audit_head) INTO placed;
  PERFORM set_config('app.guard', '', true);
  IF NOT placed THEN
    RAISE EXCEPTION 'state % of % % has no leaf', NEW.state, TG_ARGV[0], NEW.reference
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
"""

LEAF_GUARD = """
DROP TRIGGER IF EXISTS leaf_append_only ON foundation_auditleaf;
CREATE TRIGGER leaf_append_only BEFORE UPDATE OR DELETE ON foundation_auditleaf
  FOR EACH ROW EXECUTE FUNCTION refuse_leaf_change();
DROP TRIGGER IF EXISTS leaf_no_truncate ON foundation_auditleaf;
CREATE TRIGGER leaf_no_truncate BEFORE TRUNCATE ON foundation_auditleaf
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_leaf_change();
"""


def apply_guards() -> None:
    """Make the database hold what is declared; as the owner, after migrations."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in guard_statements():
            cursor.execute(statement)


def guard_statements(tables: Iterable[str] | None = None) -> Iterator[str]:
    """Every statement of the guards in order: what a reviewer reads with `emigrate db guards`.

    Grants are for the tables of the connected database, or for `tables` where none is connected.
    """
    yield FUNCTIONS
    yield LEAF_GUARD
    for workflow in WORKFLOWS.values():
        yield (
            f'DROP TRIGGER IF EXISTS state_has_leaf ON "{workflow.table}"; '
            "CREATE CONSTRAINT TRIGGER state_has_leaf AFTER INSERT OR UPDATE "
            f'ON "{workflow.table}" '
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
            f"EXECUTE FUNCTION require_leaf('{workflow.name}')"
        )
    for security in ROWS.values():
        yield _row_policies(security)
    yield _leaf_rows()
    yield from _grants(_application_tables() if tables is None else tables)


def _row_policies(security: RowSecurity) -> str:
    table = f'"{security.table}"'
    read, write = security.condition(writing=False), security.condition(writing=True)
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; "
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY; "
        f"DROP POLICY IF EXISTS actor_reads ON {table}; "
        f"CREATE POLICY actor_reads ON {table} FOR SELECT USING ({read}); "
        f"DROP POLICY IF EXISTS actor_inserts ON {table}; "
        f"CREATE POLICY actor_inserts ON {table} FOR INSERT WITH CHECK ({write}); "
        f"DROP POLICY IF EXISTS actor_updates ON {table}; "
        f"CREATE POLICY actor_updates ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write}); "
        f"DROP POLICY IF EXISTS actor_deletes ON {table}; "
        f"CREATE POLICY actor_deletes ON {table} FOR DELETE USING ({write})"
    )


def _leaf_rows() -> str:
    """A leaf is read by those who see its case; the guard's own look-up passes."""
    seen = " OR ".join(
        f"(stream = '{w.name}' AND EXISTS (SELECT 1 FROM \"{w.table}\" c WHERE c.id = case_id))"  # noqa: S608 - names are the code's own
        for w in WORKFLOWS.values()
    )
    table = "foundation_auditleaf"
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; "
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY; "
        f"DROP POLICY IF EXISTS actor_reads ON {table}; "
        f"CREATE POLICY actor_reads ON {table} FOR SELECT USING ("
        "CASE WHEN current_setting('app.guard', true) = 'on' THEN true "
        "WHEN actor_role() IN ('system', 'auditor') THEN true "
        f"WHEN actor_role() IS NULL THEN false ELSE ({seen or 'false'}) END); "
        f"DROP POLICY IF EXISTS actor_inserts ON {table}; "
        f"CREATE POLICY actor_inserts ON {table} FOR INSERT "
        "WITH CHECK (actor_role() IS NOT NULL AND actor_role() = actor_role); "
        f"DROP POLICY IF EXISTS owner_erases ON {table}; "
        f"CREATE POLICY owner_erases ON {table} FOR UPDATE "
        "USING (actor_role() = 'system') WITH CHECK (actor_role() = 'system')"
    )


def _grants(tables: Iterable[str]) -> Iterator[str]:
    roles = ", ".join(APPLICATION_ROLES)
    yield f"GRANT USAGE ON SCHEMA public TO {roles}, {READER_ROLE}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {roles}, {READER_ROLE}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {roles}"
    yield f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {roles}, {READER_ROLE}"
    for table in tables:
        yield f'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON "{table}" FROM {roles}'
        verbs = _verbs(table)
        if verbs:
            yield f'GRANT {verbs} ON "{table}" TO {roles}'


def _verbs(table: str) -> str:
    if table in OWNER_ONLY:
        return ""
    security = ROWS.get(table)
    if table == "foundation_auditleaf" or (security and security.append_only):
        return "INSERT"
    if security is not None and not security.erasable:
        return "INSERT, UPDATE"
    return "INSERT, UPDATE, DELETE"


def _application_tables() -> list[str]:
    return sorted(declared_tables() & set(connection.introspection.table_names()))


def declared_tables() -> set[str]:
    """The tables of every installed application, and those that only the owner writes."""
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table for model in models} | OWNER_ONLY  # noqa: SLF001 - Django's public name


def unguarded_tables() -> list[str]:
    """Tables with neither row security nor a reason on the list: must be empty."""
    known = set(ROWS) | set(OPEN_TABLES) | {"foundation_auditleaf"}
    return [table for table in _application_tables() if table not in known]
