"""One road's statements, recorded and made repeatable, for pgbench: the limit of the road.

Recorded are the very statements of the API's requests and of the jobs, with BEGIN, the settings
and COMMIT. So that they can run again and again beside each other, row ids become variables read
from the statement that made them, and what is drawn for a road (references, keys, blinded numbers)
gets a random tail. Before the recording every sequence starts in a range of its own, so that an id
is known by its digits wherever it stands.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

from bench.figure import ROUNDS
from bench.pgbench import Load, limit
from bench.traveller import STAGES, Stage, Traveller, give_accounts, lock
from emigrate.ops.database import connect_as_superuser

RANGE = 1_000_000_000
OUTSIDE = frozenset({"BEGIN", "COMMIT", "ROLLBACK"})
QUEUES = ("partners", "clocks", "messages")
LITERAL = re.compile(r"(E?)'((?:[^']|'')*)'")
TOKEN = re.compile(r"E?'(?:[^']|'')*'|\b\d{10,12}\b")
REFERENCE = re.compile(r"\b[A-Z]{2}-\d{4}-(?:[A-Z]{3}-)?\d{7}-[0-9A-Z]\b")
KEY = re.compile(r"\bbench-(?:key|receipt)-[0-9a-f]+\b")
WORD = re.compile(r"(?<=')[A-Z](?=[A-Za-z/-]*\d)[A-Za-z0-9/-]{6,27}(?=')")
BLIND = re.compile(r"\\+x[0-9a-f]{32}")
NUMBER = re.compile(r"\d{10,12}")
COLON = re.compile(r":(?=[A-Za-z_])")
PLACE = re.compile(r"pg_try_advisory_xact_lock\(\d+, (\d{3,})\)")
"""The drawn place of a certificate in its status list."""
JOB = re.compile(r":job\d+_id")
TAIL = ":u::text"

FORMS = (REFERENCE, KEY, WORD)

_numbers = count(9_000_001)


@dataclass(slots=True)
class Sent:
    """A statement as it went to the server, and the ids in the one row that came back."""

    sql: str
    ids: dict[str, str] = field(default_factory=dict)


def limit_of(database: str, stage: Stage) -> tuple[float, int]:
    """Roads a second by pgbench, the median of five runs, and the statements of a road."""
    _separate_ids(database)
    before, sent = record(database, stage), record(database, stage)
    script = repeatable(sent, drawn_in(sent) - drawn_in(before))
    _make_room(database)
    with entries_unread(database):
        found = limit(script, database, ROUNDS, Load(clients=4, seconds=8))
    _tidy(database)
    return found, len(sent)


@contextmanager
def entries_unread(database: str) -> Iterator[None]:
    """While the block runs a leaf is looked at as ever, but taken although it names another case.

    A replayed leaf has the recorded entry and hash, and the reference of its own turn.
    """
    definition = "SELECT pg_get_functiondef('leaf_is_its_entry'::regproc)"
    with connect_as_superuser(database=database) as session:
        (plain,) = session.execute(definition).fetchone() or ("",)
        session.execute(plain.replace("RAISE EXCEPTION", "RETURN NEW; RAISE EXCEPTION"))
    try:
        yield
    finally:
        with connect_as_superuser(database=database) as session:
            session.execute(plain)


def record(database: str, stage: Stage) -> list[Sent]:
    """Walk one worker through the road in this process."""
    from bench.road import pass_a_day  # slow import: and a ring, the road asks for this limit

    each, send = Traveller(next(_numbers)), _sender(stage)
    sent: list[Sent] = []
    for step in STAGES:
        if step is lock:
            pass_a_day(database)
        if step is STAGES[1]:
            give_accounts(stage, [each])
        sent += _recorded(partial(step, stage, each, send))
        sent += _recorded(_run_jobs)
    return sent


def _run_jobs() -> None:
    from emigrate.foundation import jobs  # app ready

    jobs.run_waiting(QUEUES)


def _sender(stage: Stage) -> Callable[[str, str, Mapping[str, Any]], Any]:
    import secrets  # slow import

    from django.test import Client  # app ready

    client = Client()

    def send(who: str, path: str, body: Mapping[str, Any]) -> Any:
        headers = {
            "Authorization": f"Bearer {stage.tokens.get(who, who)}",
            "Idempotency-Key": f"bench-key-{secrets.token_hex(8)}",
        }
        reply = client.post(f"/v1{path}", dict(body), "application/json", headers=headers)
        assert reply.status_code < 300, (path, reply.content)
        return reply.json()

    return send


def _recorded(work: Callable[[], None]) -> list[Sent]:
    from django.db import connection  # app ready
    from django.test.utils import CaptureQueriesContext  # app ready

    found: list[dict[str, str]] = []

    def wrapper(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        result = execute(sql, *rest)
        found.append(_ids(rest[-1]["cursor"].cursor.pgresult))
        return result

    with CaptureQueriesContext(connection) as log, connection.execute_wrapper(wrapper):
        work()
    logged, waiting = log.captured_queries, iter(found)
    return [Sent(q["sql"], {} if q["sql"] in OUTSIDE else next(waiting)) for q in logged]


def _ids(result: Any) -> dict[str, str]:
    """Column -> id, of the ids in a single row."""
    if result is None or result.ntuples != 1:
        return {}
    ids = {}
    for column in range(result.nfields):
        value = (result.get_value(0, column) or b"").decode(errors="replace")
        if NUMBER.fullmatch(value) and int(value) >= RANGE:
            ids[result.fname(column).decode()] = value
    return ids


def repeatable(sent: list[Sent], drawn: set[str]) -> list[str]:
    """The script for pgbench of a road; `drawn` are the references and keys of this road alone."""
    known: dict[str, str] = {}
    used = {number for each in sent for number in NUMBER.findall(each.sql)}
    places = {found[1] for each in sent for found in PLACE.finditer(each.sql)}
    lines = ["\\set u random(1000000000, 9999999999)", "\\set p random(1, 2000000000)"]
    for at, each in enumerate(sent):
        flat = re.sub(r"\s*\n\s*", " ", each.sql).strip().rstrip(";")
        lines.append(_variable(flat, drawn, known))
        if "credentials_credential" in flat:
            lines[-1] = re.sub(rf"\b({'|'.join(places)})\b(?!')", ":p", lines[-1])
        if taken := JOB.search(lines[-1]):
            lines[-1] += f" WHERE {taken[0]}::text <> ''"
        made = {
            column: number
            for column, number in each.ids.items()
            if number in used and number not in known
        }
        prefix = f"job{at}_" if "procrastinate_fetch" in flat else f"r{at}_"
        for column, number in made.items():
            known[number] = f"{prefix}{column}"
        lines[-1] += f" \\gset {prefix}" if made else ";"
    return lines


def drawn_in(sent: list[Sent]) -> set[str]:
    """References and keys that stand in the statements."""
    return {name for each in sent for form in FORMS for name in form.findall(each.sql)}


def _variable(sql: str, drawn: set[str], known: Mapping[str, str]) -> str:
    def replaced(match: re.Match[str]) -> str:
        text = match[0]
        if text.startswith(("'", "E'")):
            return _literal(text, drawn, known)
        return _number(known[text]) if text in known else text

    return TOKEN.sub(replaced, sql)


def _number(name: str) -> str:
    # A job that another connection has taken is NULL, which pgbench keeps as an empty text.
    return f"nullif(:{name}::text, '')::bigint" if name.startswith("job") else f":{name}::bigint"


def _literal(text: str, drawn: set[str], known: Mapping[str, str]) -> str:
    if BLIND.fullmatch(text.strip("E'")):
        return f"decode(md5({text.lstrip('E')} || {TAIL}), 'hex')"
    begin, inside = ("E'", text[2:-1]) if text.startswith("E") else ("'", text[1:-1])
    if inside in drawn:
        return f"({begin}{inside}' || {TAIL})"
    parts = list(_parts(inside, drawn, known))
    pieces = [part if special else f"{begin}{part}'" for part, special in parts]
    return pieces[0] if len(pieces) == 1 else f"({' || '.join(pieces)})"


def _parts(inside: str, drawn: set[str], known: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """The pieces of a literal; the special ones are SQL already."""
    rest = ""
    at = 0
    for match in re.finditer(
        f"{REFERENCE.pattern}|{KEY.pattern}|{NUMBER.pattern}|{COLON.pattern}", inside
    ):
        rest += inside[at : match.start()]
        at = match.end()
        if match[0] == ":":
            yield rest, False
            yield "chr(58)", True
        elif match[0] in drawn:
            yield rest + match[0], False
            yield TAIL, True
        elif match[0] in known:
            yield rest, False
            yield f":{known[match[0]]}::text", True
        else:
            rest += match[0]
            continue
        rest = ""
    yield rest + inside[at:], False


def _separate_ids(database: str) -> None:
    with connect_as_superuser(database=database) as session:
        rows = session.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename) FROM pg_sequences "
            "WHERE data_type = 'bigint'::regtype AND sequencename !~ 'shard' ORDER BY 1"
        ).fetchall()
        for number, (name,) in enumerate(rows, 1):
            session.execute("SELECT setval(%s::regclass, %s)", [name, number * RANGE])


def _make_room(database: str) -> None:
    """Vacancies and capacity for as many roads as pgbench can walk."""
    with connect_as_superuser(database=database) as session:
        session.execute("SET session_replication_role = replica")
        session.execute("UPDATE demands_allotment SET quantity = 2000000000 WHERE quantity > 0")
        session.execute("UPDATE agents_agent SET capacity = NULL")
        session.execute("ANALYZE")


def _tidy(database: str) -> None:
    """Away with the jobs that pgbench took from the queue and did not end, or left there."""
    with connect_as_superuser(database=database) as session:
        session.execute("SET session_replication_role = replica")
        session.execute("DELETE FROM procrastinate_jobs")
        session.execute("DELETE FROM procrastinate_events")
        session.execute(
            "UPDATE clearances_clearance SET state = 'withdrawn' WHERE state = 'queued'"
        )
        session.execute("VACUUM ANALYZE")
