"""Where one checkout keeps its database, and under which account the server runs."""

import hashlib
import os
import pwd
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

from emigrate.ops.database.errors import DatabaseUnavailable

ROOT_HOMES: Final = Path("/var/lib/emigrate")
SERVER_ACCOUNT_OF_ROOT: Final = "nobody"
SOCKET_NAME: Final = ".s.PGSQL.5432"
# sockaddr_un holds 108 bytes with the closing zero; PostgreSQL adds ".lock" to the same name.
LONGEST_SOCKET_PATH: Final = 102
PRIVATE: Final = 0o700
CHECKOUT: Final = Path(__file__).resolve().parents[3]


class Identity(TypedDict, total=False):
    """The keyword arguments of `subprocess` that change the account of a child."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """The operating system's account that runs PostgreSQL."""

    name: str
    uid: int
    gid: int

    @property
    def identity(self) -> Identity:
        """Return how a child process becomes this account; empty when it is one's own."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_account() -> Account:
    """Return the account for PostgreSQL: one's own, or `nobody` for root, whom it refuses.

    Raises DatabaseUnavailable when that account has no entry in the system's list.
    """
    uid = os.geteuid()
    try:
        entry = pwd.getpwnam(SERVER_ACCOUNT_OF_ROOT) if uid == 0 else pwd.getpwuid(uid)
    except KeyError as missing:
        wanted = SERVER_ACCOUNT_OF_ROOT if uid == 0 else f"number {uid}"
        text = f"PostgreSQL needs an account in /etc/passwd: add one for {wanted}."
        raise DatabaseUnavailable(text) from missing
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one database server; everything about the server lies inside it."""

    folder: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server and its supervisor print."""
        return self.folder / "postgres.log"

    @property
    def start_lock(self) -> Path:
        """Held by whoever is starting or stopping the server."""
        return self.folder / "start.lock"

    @property
    def supervisor_lock(self) -> Path:
        """Held by the living supervisor, whose process id is its content."""
        return self.folder / "supervisor.lock"

    @property
    def sockets(self) -> Path:
        """The private folder of the Unix socket; short where the home's own path is long."""
        inside = self.folder / "run"
        if len(os.fsencode(inside / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
            return inside
        # Whoever made it is checked in `private_folder`.
        return Path("/tmp") / f"emigrate-{os.geteuid()}-{fingerprint(self.folder)}"  # noqa: S108 - checked

    @property
    def major(self) -> int | None:
        """PostgreSQL's major version that made the data, None before the first start."""
        try:
            return int((self.data / "PG_VERSION").read_text())
        except (FileNotFoundError, NotADirectoryError):
            return None


def fingerprint(folder: Path) -> str:
    """Return a short name that two different folders do not share."""
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]


def default_home(environ: Mapping[str, str] = os.environ) -> Home:
    """Return the home of this checkout, or the one that EMIGRATE_HOME names."""
    if chosen := environ.get("EMIGRATE_HOME"):
        return Home(Path(chosen).expanduser().resolve())
    if os.geteuid() == 0:
        return Home(ROOT_HOMES / fingerprint(CHECKOUT))
    if (CHECKOUT / "pyproject.toml").exists() and os.access(CHECKOUT, os.W_OK):
        return Home(CHECKOUT / ".emigrate")
    own = Path(environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser()
    return Home(own / "emigrate" / fingerprint(CHECKOUT))


def prepare(home: Home, account: Account) -> None:
    """Make the home's folders with the narrowest rights that the two accounts allow.

    As root the home belongs to root and may only be passed through (0711), for `nobody` must reach
    the data and binaries in it; the data and the socket's folder belong to `nobody` alone (0700),
    which root passes. Otherwise everything is 0700 of one's own account.
    Raises DatabaseUnavailable.
    """
    own = account.uid == os.geteuid()
    try:
        home.folder.mkdir(mode=PRIVATE if own else 0o711, parents=True, exist_ok=True)
    except OSError as refusal:
        text = f"{refusal.strerror}: {home.folder} cannot be made; choose another EMIGRATE_HOME."
        raise DatabaseUnavailable(text) from refusal
    if not own:
        _reachable(home.folder)
    private_folder(home.sockets, account)


def private_folder(folder: Path, account: Account) -> None:
    """Make a folder that only the account may enter; refuse one that somebody else made."""
    folder.mkdir(mode=PRIVATE, exist_ok=True)
    found = folder.lstat()
    if found.st_uid == os.geteuid() and stat.S_ISDIR(found.st_mode):
        folder.chmod(PRIVATE)
        os.chown(folder, account.uid, account.gid)
        found = folder.lstat()
    if found.st_uid != account.uid or stat.S_IMODE(found.st_mode) != PRIVATE:
        text = f"{folder} belongs to somebody else: remove it, or set EMIGRATE_HOME."
        raise DatabaseUnavailable(text)


def _reachable(folder: Path) -> None:
    """Refuse, with the reason, a home that the server's account cannot enter."""
    for part in (folder, *folder.parents):
        if not part.stat().st_mode & stat.S_IXOTH:
            text = (
                f"As root the database runs as {SERVER_ACCOUNT_OF_ROOT}, who may not enter {part}: "
                "choose another EMIGRATE_HOME, or leave it unset."
            )
            raise DatabaseUnavailable(text)
