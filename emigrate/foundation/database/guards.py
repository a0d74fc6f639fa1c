"""Bring the database's own guards to what the code declares; run by the owner after migrations.

Functions (the actor, the time), row-level security, grants for the three application roles,
append-only leaves, and the deferred trigger "no state without a leaf, and none that the case's
machine does not lead to". Everything is replaced in one transaction, so running it twice changes
nothing.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from emigrate.foundation.database.rows import OPEN_TABLES, OPEN_VERBS, ROWS, RowSecurity
from emigrate.foundation.workflow import WORKFLOWS, Workflow

APPLICATION_ROLES = ("emigrate_app", "emigrate_worker")
READER_ROLE = "emigrate_reader"
OWNER_ONLY = frozenset({"platform_simulation", "django_migrations"})
LEAVES = "foundation_auditleaf"
LEAF_GUARDS = ("require_leaf", "leaf_is_its_entry")

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
CREATE OR REPLACE FUNCTION leaf_is_its_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  entry jsonb := convert_from(NEW.entry, 'UTF8')::jsonb;
  prev bytea;
BEGIN
  IF NEW.seq > 1 THEN
    SELECT hash INTO prev FROM foundation_auditleaf leaf WHERE leaf.stream = NEW.stream
      AND leaf.case_id = NEW.case_id AND leaf.seq = NEW.seq - 1;
  END IF;
  IF NEW.hash = sha256('\\x00'::bytea || NEW.entry)
     AND entry ->> 'stream' = NEW.stream AND entry ->> 'case' = NEW.case_reference
     AND entry ->> 'seq' = NEW.seq::text AND entry ->> 'event' = NEW.event
     AND entry ->> 'after_state' = NEW.after_state AND entry ->> 'actor_role' = NEW.actor_role
     AND entry ->> 'actor' = actor_role() || coalesce(':' || actor_user()::text, '')
     AND entry ->> 'prev' = coalesce(encode(prev, 'hex'), '') AND NEW.seq > 0
     AND (NEW.seq = 1) = (prev IS NULL) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'leaf % of % % does not say what it stands for', NEW.seq, NEW.stream,
    NEW.case_reference USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE OR REPLACE FUNCTION require_leaf() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  placed boolean := NEW.audit_seq = CASE TG_OP WHEN 'INSERT' THEN 1 ELSE OLD.audit_seq + 1 END;
BEGIN
  IF TG_OP = 'UPDATE' AND (OLD.id, OLD.reference, OLD.state, OLD.audit_seq, OLD.audit_head)
     IS NOT DISTINCT FROM (NEW.id, NEW.reference, NEW.state, NEW.audit_seq, NEW.audit_head) THEN
    RETURN NULL;
  END IF;
  placed := placed AND CASE TG_OP WHEN 'INSERT' THEN NEW.state = TG_ARGV[1] ELSE
    OLD.state = NEW.state OR OLD.state || '>' || NEW.state = ANY (string_to_array(TG_ARGV[2], ','))
    END AND EXISTS (SELECT 1 FROM foundation_auditleaf leaf
    WHERE leaf.stream = TG_ARGV[0] AND leaf.case_id = NEW.id AND leaf.seq = NEW.audit_seq
    AND leaf.case_reference = NEW.reference AND leaf.after_state = NEW.state
    AND leaf.hash = NEW.audit_head);
  IF NOT placed THEN
    RAISE EXCEPTION 'state % of % % has no leaf', NEW.state, TG_ARGV[0], NEW.reference
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
"""

LEAF_GUARD = """
DROP TRIGGER IF EXISTS leaf_is_its_entry ON foundation_auditleaf;
CREATE TRIGGER leaf_is_its_entry BEFORE INSERT ON foundation_auditleaf
  FOR EACH ROW EXECUTE FUNCTION leaf_is_its_entry();
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
    """Every statement of the guards in order, as `docs/operations/guards.sql` shows them.

    Grants are for the tables of the connected database, or for `tables` where none is connected.
    """
    yield FUNCTIONS
    yield LEAF_GUARD
    for workflow in WORKFLOWS.values():
        machine = f"'{workflow.name}', '{workflow.initial}', '{_ways(workflow)}'"
        yield (
            f'DROP TRIGGER IF EXISTS state_has_leaf ON "{workflow.table}"; '
            "CREATE CONSTRAINT TRIGGER state_has_leaf AFTER INSERT OR UPDATE "
            f'ON "{workflow.table}" '
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
            f"EXECUTE FUNCTION require_leaf({machine})"
        )
    for security in ROWS.values():
        yield _row_policies(security)
        if security.guard:
            yield _guard_sees(security.table, [security.guard])
        if security.searched_as:
            yield _searched(security.table, security.searched_as)
    yield _leaf_rows()
    yield _guard_sees(LEAVES, LEAF_GUARDS)
    yield from _grants(_application_tables() if tables is None else tables)


def _ways(workflow: Workflow[Any]) -> str:
    """From which state to which a case of this machine may go: `draft>submitted,...`."""
    steps = workflow.steps
    return ",".join(sorted({f"{start}>{step.target}" for step in steps for start in step.starts}))


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


def _guard_sees(table: str, functions: Iterable[str]) -> str:
    """Let trigger functions see every row of a table, whoever acts: as the owner, and only there.

    A setting would do it too, but anybody who speaks as the application can make a setting.
    """
    yours = "; ".join(
        f"ALTER FUNCTION {name}() SECURITY DEFINER SET search_path = public, pg_temp"
        for name in functions
    )
    return (
        f'{yours}; DROP POLICY IF EXISTS guard_reads ON "{table}"; '
        f'CREATE POLICY guard_reads ON "{table}" FOR SELECT TO CURRENT_USER '
        "USING (pg_trigger_depth() > 0)"
    )


def _searched(table: str, view: str) -> str:
    """A view that reads a table with the owner's eyes, for whoever acts and for nobody else."""
    seen = f'SELECT * FROM "{table}" WHERE actor_role() IS NOT NULL'  # noqa: S608 - names are the code's own
    return (
        f'DROP POLICY IF EXISTS view_reads ON "{table}"; '
        f'CREATE POLICY view_reads ON "{table}" FOR SELECT TO CURRENT_USER USING (true); '
        f'CREATE OR REPLACE VIEW "{view}" AS {seen}'
    )


def _leaf_rows() -> str:
    """A leaf is read by those who see its case."""
    seen = " OR ".join(
        f"(stream = '{w.name}' AND EXISTS (SELECT 1 FROM \"{w.table}\" c WHERE c.id = case_id))"  # noqa: S608 - names are the code's own
        for w in WORKFLOWS.values()
    )
    table = LEAVES
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; "
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY; "
        f"DROP POLICY IF EXISTS actor_reads ON {table}; "
        f"CREATE POLICY actor_reads ON {table} FOR SELECT USING ("
        "CASE WHEN actor_role() IN ('system', 'auditor') THEN true "
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
    if table == LEAVES:
        return "INSERT"
    return ROWS[table].verbs if table in ROWS else OPEN_VERBS.get(table, "")


def _application_tables() -> list[str]:
    return sorted(declared_tables() & set(connection.introspection.table_names()))


def declared_tables() -> set[str]:
    """The tables of every installed application, and those that only the owner writes."""
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table for model in models} | OWNER_ONLY  # noqa: SLF001 - Django's public name


def unguarded_tables() -> list[str]:
    """Tables with neither row security nor a reason on the list: must be empty."""
    known = set(ROWS) | set(OPEN_TABLES) | {LEAVES}
    return [table for table in _application_tables() if table not in known]
