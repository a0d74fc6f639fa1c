"""The limit: pgbench sends the same statements, prepared, as the same role."""

import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from emigrate.ops.database import Role, dsn, find_binaries

THREADS = 2


@dataclass(frozen=True, slots=True)
class Load:
    """How many connections at once, and for how long."""

    clients: int = 4
    seconds: int = 5


def transactions_a_second(
    script: Sequence[str], database: str, *, role: Role = Role.APP, load: Load = Load()
) -> float:
    """Run a script for a while and return pgbench's own count, without connecting."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write("\n".join(script) + "\n")
        file.flush()
        command = [_binary(), "-n", "-M", "prepared", "-f", file.name]
        command += ["-c", str(load.clients), "-j", str(THREADS), "-T", str(load.seconds)]
        command += [dsn(database, role)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([0-9.]+) \(without initial", ran.stdout)
    if ran.returncode or found is None:
        message = f"pgbench: {ran.stdout[-500:]} {ran.stderr[-2000:]}"
        raise RuntimeError(message)
    return float(found[1])


def limit(script: Sequence[str], database: str, rounds: int = 5, load: Load = Load()) -> float:
    """The median over rounds."""
    return median(transactions_a_second(script, database, load=load) for _ in range(rounds))


def _binary() -> str:
    beside = Path(find_binaries().folder) / "pgbench"
    inside = Path(find_binaries().folder) / "bin" / "pgbench"
    found = next((path for path in (beside, inside) if path.exists()), None)
    if found is None:
        message = "pgbench is not there: apt-get install postgresql-contrib"
        raise RuntimeError(message)
    return str(found)
