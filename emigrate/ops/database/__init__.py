"""The database of this checkout: an embedded PostgreSQL of its own, or the one of DATABASE_URL."""

from emigrate.ops.database.addresses import (
    DSN_VARIABLE,
    Role,
    default_database,
    django_settings,
    dsn,
    environment,
    external,
)
from emigrate.ops.database.binaries import Binaries, find_binaries
from emigrate.ops.database.errors import DatabaseUnavailable, refusing
from emigrate.ops.database.home import CHECKOUT, Home, default_home
from emigrate.ops.database.instance import Instance, start, status, stop
from emigrate.ops.database.roles import (
    SIMULATION_MARK,
    connect_as_superuser,
    create_from_template,
    drop_database,
    ensure_database,
    ensure_roles,
    is_simulation,
)

__all__ = [
    "CHECKOUT",
    "DSN_VARIABLE",
    "SIMULATION_MARK",
    "Binaries",
    "DatabaseUnavailable",
    "Home",
    "Instance",
    "Role",
    "connect_as_superuser",
    "create_from_template",
    "default_database",
    "default_home",
    "django_settings",
    "drop_database",
    "dsn",
    "ensure_database",
    "ensure_roles",
    "environment",
    "external",
    "find_binaries",
    "is_simulation",
    "refusing",
    "start",
    "status",
    "stop",
]
