"""Personal fields at rest: sealed under a key of their person, found again by blinded keys.

A person's data key stands in the database wrapped under a key-encryption key that does not; with
the wrapped key destroyed, every sealed field of that person is unreadable, in backups too.
"""

from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from emigrate.foundation.crypto import blind as blinding
from emigrate.foundation.crypto.envelope import DataKey, open_, place
from emigrate.foundation.crypto.envelope import seal as seal_bytes
from emigrate.foundation.crypto.secrets import write_once
from emigrate.foundation.crypto.vault import (
    KeyFile,
    Standing,
    Vault,
    require_demo_keys,
    require_production_keys,
)
from emigrate.foundation.errors import NotFound
from emigrate.foundation.models import WrappedKey


@lru_cache(maxsize=1)
def vault() -> Vault:
    """The installation's key file; a demonstration makes its own, production must bring one."""
    path = settings.KEYS / "fields.json"
    if not path.exists() and not settings.PRODUCTION:
        write_once(path, KeyFile.fresh(Standing.DEMO).text().encode())
    opened = Vault(KeyFile.read(path))
    (require_production_keys if settings.PRODUCTION else require_demo_keys)(opened)
    return opened


def seal(subject: str, column: str, row: UUID, text: str) -> bytes:
    """Seal one field of a person; bound to its table, column and row."""
    return seal_bytes(text.encode(), data_key=_key(subject, make=True), aad=_place(column, row))


def open_sealed(subject: str, column: str, row: UUID, sealed: bytes | memoryview) -> str:
    """The field's text; SealBroken when it was moved or changed, NotFound when it was erased."""
    key = _key(subject, make=False)
    return open_(bytes(sealed), data_key=key, aad=_place(column, row)).decode()


def blind(column: str, text: str) -> bytes:
    """The keyed hash by which an exact value is found again (16 bytes)."""
    return blinding.exact(text, column=column, key=vault().blind_root)


def name_key() -> bytes:
    """The key under which the words of names are blinded."""
    return blinding.derive(vault().blind_root, "blind/names")


def erase(subject: str) -> None:
    """Destroy the person's key: what was sealed under it can never be read again."""
    WrappedKey.objects.filter(subject=subject).delete()
    vault().forget(subject)


def _place(column: str, row: UUID) -> bytes:
    table, _, name = column.partition(".")
    return place(table, name, row)


def _key(subject: str, *, make: bool) -> DataKey:
    row = WrappedKey.objects.filter(subject=subject).only("wrapped").first()
    if row is None and make:
        row = _made(subject)
    if row is None:
        raise NotFound(code="sealed_data_erased", subject=subject)
    return vault().unwrap(bytes(row.wrapped), subject=subject)


def _made(subject: str) -> WrappedKey:
    wrapped = vault().wrap(DataKey.fresh(), subject=subject)
    try:
        with transaction.atomic():
            return WrappedKey.objects.create(subject=subject, wrapped=wrapped)
    except IntegrityError:
        return WrappedKey.objects.get(subject=subject)
