"""Twenty rounds of kill -9 of site, worker and database under load: nothing lost, nothing twice.

A ledger of requests (idempotency keys, bodies, what was answered) is kept by eight writers that
register persons and file charges against them. In each round one of web, worker, database or all
three is killed with -9 and brought back; afterwards every unanswered request is sent again with
its key until it is answered. Then the database is asked: every acknowledged effect is there, and
every key has exactly one effect. Jobs that were running are put back by the worker itself and must
end; the log is verified by the stand-alone verifier.

kill -9 of the processes does not prove that data survives a power cut.
"""

import json
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.figure import Figure, Options, misses, percentile, run_figure
from bench.http import Connection
from bench.server import end, free_port, start_server
from bench.traveller import request
from emigrate.ops.database import Role, connect_as_superuser, environment, start, stop
from emigrate.ops.database.home import Home, default_home
from emigrate.ops.database.processes import postmaster

ROUNDS = 20
WRITERS = 8
CALM, TARGETS = 3.0, ("web", "worker", "database", "all")
PATIENCE = 120.0
BREATH = 0.5
"""Seconds that a writer waits after a request that was not answered."""
OK, REFUSED = 300, 500


@dataclass(slots=True)
class Entry:
    """One request: its key and body, and the reference that was acknowledged."""

    key: str
    path: str
    body: dict[str, Any]  # JSON
    acknowledged: str = ""
    tries: int = 0
    refused: bool = False


@dataclass
class Site:
    """The processes under fire, in a database and a home of their own."""

    database: str
    port: int = field(default_factory=free_port)
    web: Any = None
    worker: Any = None

    def up(self) -> None:
        """Bring back whatever is down."""
        start()
        if self.worker is None or self.worker.poll() is not None:
            command = [sys.executable, "-W", "ignore", "-m", "emigrate", "worker"]
            command += ["--database", self.database]
            variables = {**os.environ, **environment(self.database, Role.WORKER)}
            self.worker = subprocess.Popen(command, env=variables, start_new_session=True,
                                           stderr=subprocess.DEVNULL)  # fmt: skip
        if self.web is None or self.web.poll() is not None:
            self.web = start_server(self.database, self.port)

    def kill(self, target: str) -> None:
        """Kill -9; the database's server is killed, its own children follow it."""
        if target in {"web", "all"}:
            end(self.web, signal.SIGKILL)
        if target in {"worker", "all"}:
            end(self.worker, signal.SIGKILL)
        if target in {"database", "all"} and (pid := postmaster(own_home())):
            os.kill(pid, signal.SIGKILL)

    def down(self) -> None:
        """End in good order."""
        for process in (self.web, self.worker):
            if process is not None:
                end(process)


def own_home() -> Home:
    """The figure's own home; never the checkout's."""
    home = default_home()
    if "bench-kill9" not in str(home.folder):
        message = f"{home.folder} is not this figure's"
        raise RuntimeError(message)
    return home


class Ledger:
    """Writers that go on until told to stop, and what they know."""

    def __init__(self, site: Site, token: str, district: tuple[str, str], seed: int) -> None:
        self.site, self.token, self.district, self.seed = site, token, district, seed
        self.entries: list[list[Entry]] = [[] for _ in range(WRITERS)]
        self.strange: list[str] = []
        self.stopped = threading.Event()

    def run(self, number: int) -> None:
        """One writer: a new person, a key; a request that is not answered is left for later."""
        connection = Connection(self.site.port, timeout=10)
        while not self.stopped.is_set():
            entry = Entry(secrets.token_hex(12), "/emigrants", self._person(number))
            self.entries[number].append(entry)
            if not self.send(connection, entry):
                time.sleep(BREATH)

    def send(self, connection: Connection, entry: Entry) -> bool:
        """Send once; True when it is acknowledged."""
        entry.tries += 1
        try:
            reply = connection.send(request(entry.path, entry.body, self.token, entry.key))
        except (OSError, ValueError):
            return False
        if reply.status < OK:
            entry.acknowledged = reply.json()["reference"]
            return True
        if reply.status < REFUSED and reply.status not in {409, 425, 429}:
            self.strange.append(f"{reply.status} {reply.body[:300]!r}")
            entry.refused = True
        return False

    def _person(self, number: int) -> dict[str, Any]:  # JSON
        serial = WRITERS * len(self.entries[number]) + number
        state, district = self.district
        return {
            "given_names": f"LEDGER {_letters(serial)}", "surname": "EXAMPLE", "sex": "M",
            "birth_date": f"{1960 + serial % 40}-0{1 + serial % 9}-1{serial % 10}",
            "state_code": state, "district_code": district,
            "passport": {"number": f"Z{self.seed % 10}{serial:06d}", "category": "ecr",
                         "expires_on": "2033-01-01"},
        }  # fmt: skip

    def finish(self) -> int:
        """Send every unanswered request again until it is answered; how many there were."""
        open_ = [each for writer in self.entries for each in writer if not each.acknowledged]
        until = time.monotonic() + PATIENCE

        def run(number: int) -> None:
            connection = Connection(self.site.port, timeout=30)
            for entry in open_[number::WRITERS]:
                while (
                    not (self.send(connection, entry) or entry.refused) and time.monotonic() < until
                ):
                    time.sleep(BREATH)

        threads = [threading.Thread(target=run, args=(each,)) for each in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(open_)


def _letters(number: int) -> str:
    text = ""
    while True:
        number, digit = divmod(number, 26)
        text += chr(ord("A") + digit)
        if not number:
            return text


def measure(options: Options) -> Figure:
    """Kill, bring back, ask again, and count what is lost and what is doubled."""
    _home_of_its_own()
    from emigrate.ops.simulation.installation import simulation  # app ready

    rounds = options.size or ROUNDS
    with simulation("bench_kill", seed=options.seed) as installation:
        token, district = _registrar()
        site = Site("bench_kill")
        ledger = Ledger(site, token, district, options.seed)
        try:
            back = _under_fire(site, ledger, rounds, random.Random(options.seed))
            unanswered = ledger.finish()
            jobs_left = _jobs_left("bench_kill")
        finally:
            site.down()
        found = _judged("bench_kill", ledger)
        log = _log_findings(Path(installation.folder))
    stop()
    return Figure(
        figure="kill9",
        value=found["lost"] + found["doubled"],
        unit="acknowledged effects lost or doubled",
        target="0",
        n=rounds,
        seed=options.seed,
        misses=misses(
            nothing_lost=not found["lost"], nothing_doubled=not found["doubled"],
            every_retry_answered=not found["unanswered"], jobs_end=not jobs_left,
            log_verifies=not log, no_strange_answer=not ledger.strange,
        ),
        details={
            **found, "asked_again": unanswered, "jobs_left": jobs_left, "log_findings": log,
            "strange": ledger.strange[:3], "seconds_until_back": {
                "p50": round(percentile(back, 0.5), 2), "max": round(max(back), 2)},
        },
    )  # fmt: skip


def _home_of_its_own() -> None:
    """A server for this figure alone: the one of the checkout serves others."""
    folder = Path("/var/lib/emigrate") if os.geteuid() == 0 else Path.home() / ".cache"
    os.environ["EMIGRATE_HOME"] = str(folder / "bench-kill9")


def _under_fire(site: Site, ledger: Ledger, rounds: int, chance: random.Random) -> list[float]:
    site.up()
    writers = [threading.Thread(target=ledger.run, args=(each,)) for each in range(WRITERS)]
    for writer in writers:
        writer.start()
    back: list[float] = []
    try:
        for turn in range(rounds):
            time.sleep(CALM * (0.5 + chance.random()))
            site.kill(TARGETS[turn % len(TARGETS)])
            began = time.perf_counter()
            site.up()
            back.append(time.perf_counter() - began)
        time.sleep(CALM)
    finally:
        ledger.stopped.set()
        for writer in writers:
            writer.join()
    return back


def _registrar() -> tuple[str, tuple[str, str]]:
    """A token of a village operator, and a district."""
    from bench.traveller import token_of  # app ready
    from emigrate.domains.accounts import actions as accounts  # app ready
    from emigrate.domains.accounts.enums import OrganisationKind  # app ready
    from emigrate.domains.reference.enums import Role as Office  # app ready
    from emigrate.domains.reference.models import District  # app ready
    from emigrate.foundation.actors import Actor  # app ready

    system = Actor.system("bench-setup")
    user = accounts.create_user(accounts.NewUser("ledger", "Ledger"), actor=system)
    new = accounts.NewOrganisation(OrganisationKind.CSC, "Example Centre", "IND")
    centre = accounts.create_organisation(new, actor=system)
    place = accounts.NewMembership(user.pk, Office.CSC_VLE, organisation_id=centre.pk)
    accounts.grant_membership(place, actor=system)
    district = District.objects.order_by("pk").first()
    assert district is not None, "reference data is loaded"
    return token_of(Actor(Office.CSC_VLE, user_id=user.pk)), (district.state_id, district.pk)


def _judged(database: str, ledger: Ledger) -> dict[str, int]:
    """What the database says of the ledger's entries."""
    entries = [each for writer in ledger.entries for each in writer]
    with connect_as_superuser(database=database) as session:
        there = {row[0] for row in session.execute("SELECT reference FROM emigrants_emigrant")}
        kept = {row[0] for row in session.execute("SELECT key FROM foundation_idempotencykey")}
        count = session.execute(
            "SELECT (SELECT count(*) FROM emigrants_emigrant), "
            "(SELECT count(*) FROM emigrants_passport), "
            "(SELECT count(*) FROM foundation_auditleaf WHERE event = 'emigrant.created'), "
            "(SELECT count(*) FROM (SELECT 1 FROM foundation_auditleaf WHERE stream = 'emigrant' "
            " GROUP BY case_id HAVING count(*) <> max(seq)) AS gaps)"
        ).fetchone()
    assert count is not None
    persons, passports, leaves, gaps = count
    acknowledged = [each for each in entries if each.acknowledged]
    lost = [e for e in acknowledged if e.acknowledged not in there or e.key not in kept]
    return {
        "requests": len(entries), "acknowledged": len(acknowledged), "persons": persons,
        "lost": len(lost), "unanswered": len(entries) - len(acknowledged),
        "doubled": persons - len(entries) if persons > len(entries) else 0,
        "odd": abs(persons - passports) + abs(persons - leaves) + gaps,
    }  # fmt: skip


def _jobs_left(database: str) -> int:
    """Jobs that have not ended when the worker had its time (those for later left out)."""
    until = time.monotonic() + PATIENCE
    left = 0
    while time.monotonic() < until:
        with connect_as_superuser(database=database) as session:
            row = session.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') "
                "AND (scheduled_at IS NULL OR scheduled_at <= now())"
            ).fetchone()
        left = int(row[0]) if row else 0
        if not left:
            return 0
        time.sleep(0.5)
    return left


def _log_findings(folder: Path) -> int:
    """What the stand-alone verifier finds in the exported log."""
    from django.db import connection  # app ready

    from emigrate.foundation.actors import Actor  # app ready
    from emigrate.foundation.audit.sequencer import export_log, place_waiting  # app ready

    connection.close()  # it was killed too
    system = Actor.system("bench-kill9")
    while place_waiting(actor=system):
        pass
    with tempfile.TemporaryDirectory(dir=folder) as log:
        export_log(Path(log), actor=system)
        key = (Path(log) / "log.key").read_text().strip()
        command = [sys.executable, "-m", "verifier", "--dir", log, "--key", key, "--json"]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode == 0:
        return 0
    return len(json.loads(ended.stdout).get("findings", [1])) or 1


if __name__ == "__main__":
    sys.exit(run_figure(measure))
