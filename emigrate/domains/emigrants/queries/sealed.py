"""The sealed fields of a person: what they hold, how they are sealed, opened and found again."""

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Self
from uuid import UUID

from emigrate.foundation import sealing
from emigrate.foundation.crypto.envelope import open_, place
from emigrate.foundation.errors import NotFound
from emigrate.foundation.names import name_keys, name_words

IDENTITY = "emigrants_emigrant.identity"
CONTACT = "emigrants_emigrant.contact"
BIRTH = "emigrants_emigrant.birth_date"
PHONE = "emigrants_emigrant.phone"
NUMBER = "emigrants_passport.number"


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """Who the person is, as the passport writes it; `surname` is empty for a single name."""

    given_names: str
    surname: str
    birth_date: date
    local_name: str = ""
    father_name: str = ""
    mother_name: str = ""
    spouse_name: str = ""
    name_mrz: str = ""

    @property
    def full_name(self) -> str:
        """Given names and surname."""
        return f"{self.given_names} {self.surname}".strip()

    def as_text(self) -> str:
        """The form that is sealed."""
        return json.dumps({**asdict(self), "birth_date": self.birth_date.isoformat()})

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Read the form that was sealed."""
        fields: dict[str, Any] = json.loads(text)  # our own JSON
        return cls(**{**fields, "birth_date": date.fromisoformat(fields["birth_date"])})


@dataclass(frozen=True, slots=True, repr=False)
class Relative:
    """A nominee or somebody to call: name, relation, telephone (E.164)."""

    name: str
    relation: str
    phone: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Contact:
    """How to reach the person and the family; telephones are E.164."""

    phone: str = ""
    family_phone: str = ""
    address: str = ""
    nominee: Relative | None = None
    emergency: Relative | None = None

    @property
    def complete(self) -> bool:
        """Whether everybody is named whom a welfare case would need."""
        return bool(self.phone and self.family_phone and self.nominee and self.emergency)

    def as_text(self) -> str:
        """The form that is sealed."""
        return json.dumps(asdict(self))

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Read the form that was sealed."""
        fields: dict[str, Any] = json.loads(text)  # our own JSON
        for name in ("nominee", "emergency"):
            fields[name] = Relative(**fields[name]) if fields[name] else None
        return cls(**fields)


@dataclass(frozen=True, slots=True)
class Key:
    """A person's key as it stands in the database, so that many fields open without a query."""

    person_id: int
    wrapped: bytes | None = field(repr=False)

    def open(self, column: str, row: UUID, sealed: bytes | memoryview) -> str:
        """The field's text; NotFound when the person was erased."""
        subject = subject_of(self.person_id)
        if self.wrapped is None:
            raise NotFound(code="sealed_data_erased", subject=subject)
        data_key = sealing.vault().unwrap(bytes(self.wrapped), subject=subject)
        table, _, name = column.partition(".")
        return open_(bytes(sealed), data_key=data_key, aad=place(table, name, row)).decode()


def subject_of(person_id: int) -> str:
    """The name of a person's key, for every domain that seals something about the person."""
    return f"person:{person_id}"


def sealed_identity(person_id: int, row: UUID, identity: Identity) -> bytes:
    """Names and birth date as they are kept."""
    return sealing.seal(subject_of(person_id), IDENTITY, row, identity.as_text())


def sealed_contact(person_id: int, row: UUID, contact: Contact) -> bytes:
    """Telephones, address and relatives as they are kept."""
    return sealing.seal(subject_of(person_id), CONTACT, row, contact.as_text())


def sealed_number(person_id: int, row: UUID, number: str) -> bytes:
    """A passport number as it is kept."""
    return sealing.seal(subject_of(person_id), NUMBER, row, number)


def birth_blind(birth_date: date) -> bytes:
    """By which an exact birth date is found."""
    return sealing.blind(BIRTH, birth_date.isoformat())


def phone_blind(phone: str) -> bytes | None:
    """By which an exact telephone number is found; None without one."""
    return sealing.blind(PHONE, phone) if phone else None


def number_blind(number: str) -> bytes:
    """By which an exact passport number is found."""
    return sealing.blind(NUMBER, number)


def keys_of(identity: Identity) -> list[int]:
    """The blinded keys of somebody's names in both scripts, alone and with the birth year."""
    words = [*name_words(identity.full_name), *name_words(identity.local_name)]
    return name_keys(words, sealing.name_key(), year=identity.birth_date.year)
