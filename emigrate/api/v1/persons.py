"""What is sent and shown of persons; sealed fields only where a record is opened."""

from typing import Annotated, Any, Self

from pydantic import Field, StrictInt

from emigrate.api.fields import (
    CaseOut,
    Code,
    Country,
    Day,
    In,
    Out,
    Reference,
    RowId,
    Word,
    Words,
    case_columns,
    iso,
)
from emigrate.domains.emigrants import actions
from emigrate.domains.emigrants.enums import PassportCategory, Sex, Verdict
from emigrate.domains.emigrants.models import (
    AgentLink,
    Emigrant,
    Passport,
    PossibleDuplicate,
    ReadRecord,
)
from emigrate.domains.emigrants.queries import Found, Personal, Relative

Name = Annotated[Word, Field(max_length=120)]
PassportNumber = Annotated[Word, Field(max_length=20)]


class EmigrantOut(CaseOut):
    """A person as lists show one: nothing that names or finds the person elsewhere."""

    birth_year: int
    sex: str
    nationality: str
    state_code: str
    district_code: str

    @classmethod
    def of(cls, case: Emigrant) -> Self:
        """The person as shown."""
        return cls(
            **case_columns(case),
            birth_year=case.birth_year,
            sex=case.sex,
            nationality=case.nationality,
            state_code=case.state_code,
            district_code=case.district_code,
        )


class PassportOut(Out):
    """A passport without its number."""

    id: int
    category: str
    expires_on: str
    current: bool
    check_state: str
    checked_at: str | None

    @classmethod
    def of(cls, row: Passport) -> Self:
        """The passport as it is shown."""
        return cls(
            id=row.pk,
            category=row.category,
            expires_on=row.expires_on.isoformat(),
            current=row.current,
            check_state=row.check_state,
            checked_at=iso(row.checked_at),
        )


class LinkOut(Out):
    """An agency that the person lets see the record."""

    organisation: int
    consented_at: str
    ended_at: str | None

    @classmethod
    def of(cls, row: AgentLink) -> Self:
        """The link as it is shown."""
        return cls(
            organisation=row.organisation_id,
            consented_at=row.consented_at.isoformat(),
            ended_at=iso(row.ended_at),
        )


class DoubtOut(Out):
    """Two registrations that may be one person."""

    id: int
    emigrant: str
    other: str
    ground: str
    verdict: str

    @classmethod
    def of(cls, row: PossibleDuplicate) -> Self:
        """The doubt as it is shown."""
        return cls(
            id=row.pk,
            emigrant=row.emigrant.reference,
            other=row.other.reference,
            ground=row.ground,
            verdict=row.verdict,
        )


class ReadingOut(Out):
    """Somebody opened the person's record."""

    role: str
    office: str | None
    purpose: str
    at: str

    @classmethod
    def of(cls, row: ReadRecord) -> Self:
        """The reading as it is shown."""
        return cls(role=row.role, office=row.office, purpose=row.purpose, at=row.at.isoformat())


class RelativeOut(Out):
    """A nominee, or somebody to call."""

    name: str
    relation: str
    phone: str


class PersonalOut(Out):
    """A person's record, opened; the reading is on record."""

    reference: str
    given_names: str
    surname: str
    local_name: str
    birth_date: str
    sex: str
    nationality: str
    phone: str
    family_phone: str
    address: str
    nominee: RelativeOut | None
    emergency: RelativeOut | None
    passport_number: str
    passport_category: str
    passport_expires: str | None

    @classmethod
    def of(cls, row: Personal) -> Self:
        """The opened record as it is shown."""
        plain = {name: getattr(row, name) for name in cls.model_fields}
        plain["birth_date"] = row.birth_date.isoformat()
        plain["passport_expires"] = iso(row.passport_expires)
        plain["nominee"] = _relative(row.nominee)
        plain["emergency"] = _relative(row.emergency)
        return cls(**plain)


class FoundOut(Out):
    """A person found by name; shown persons are recorded as read."""

    reference: str
    state: str
    name: str
    local_name: str
    birth_year: int
    state_code: str
    district_code: str

    @classmethod
    def of(cls, row: Found) -> Self:
        """The person as found."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class FoundList(Out):
    """At most 20 persons, nearest first."""

    items: list[FoundOut]


class PassportIn(In):
    """A passport: its two machine-readable lines, or typed fields."""

    category: PassportCategory
    issued_on: Day | None = None
    expires_on: Day | None = None
    number: PassportNumber = ""
    mrz: Annotated[str, Field(max_length=200)] = ""

    def new(self) -> actions.NewPassport:
        """What the action takes."""
        return actions.NewPassport(
            **{name: getattr(self, name) for name in PassportIn.model_fields}
        )

    def arguments(self) -> dict[str, Any]:  # an action's arguments
        """What the action takes."""
        return {"new": self.new()}


class RelativeIn(In):
    """A nominee, or somebody to call."""

    name: Name
    relation: Annotated[Word, Field(max_length=60)]
    phone: Annotated[Word, Field(max_length=20)] = ""

    def relative(self) -> Relative:
        """What the action takes."""
        return Relative(self.name, self.relation, self.phone)


class EmigrantIn(In):
    """What a person says of oneself; names in Latin letters as in the passport."""

    given_names: Name
    surname: Name = ""
    birth_date: Day
    sex: Sex
    state_code: Code
    district_code: Code
    language: Annotated[Code, Field(max_length=8)] = "hi"
    nationality: Country = "IND"
    local_name: Name = ""
    father_name: Name = ""
    mother_name: Name = ""
    spouse_name: Name = ""
    phone: Annotated[Word, Field(max_length=20)] = ""
    family_phone: Annotated[Word, Field(max_length=20)] = ""
    address: Annotated[Word, Field(max_length=300)] = ""
    nominee: RelativeIn | None = None
    emergency: RelativeIn | None = None
    passport: PassportIn | None = None

    def new(self) -> actions.NewEmigrant:
        """What the action takes."""
        given = _plain(self)
        given["passport"] = None if self.passport is None else self.passport.new()
        return actions.NewEmigrant(**given)


class DetailsIn(In):
    """What is to be corrected; what is left out stays as it is."""

    given_names: Name | None = None
    surname: Name | None = None
    birth_date: Day | None = None
    sex: Sex | None = None
    state_code: Code | None = None
    district_code: Code | None = None
    language: Annotated[Code, Field(max_length=8)] | None = None
    local_name: Name | None = None
    father_name: Name | None = None
    mother_name: Name | None = None
    spouse_name: Name | None = None
    phone: Annotated[Word, Field(max_length=20)] | None = None
    family_phone: Annotated[Word, Field(max_length=20)] | None = None
    address: Annotated[Word, Field(max_length=300)] | None = None
    nominee: RelativeIn | None = None
    emergency: RelativeIn | None = None

    def arguments(self) -> dict[str, Any]:  # an action's arguments
        """What the action takes."""
        return {"details": actions.Details(**_plain(self))}


class LinkIn(In):
    """Which agency may see the record; an agency proves the consent by the one-time code."""

    organisation: RowId
    code: Annotated[str, Field(pattern=r"^([0-9]{6})?$")] = ""

    def arguments(self) -> dict[str, Any]:  # an action's arguments
        """What the action takes."""
        return {"organisation_id": self.organisation, "code": self.code}


class UnlinkIn(In):
    """Which agency may see the record no longer."""

    organisation: RowId

    def arguments(self) -> dict[str, Any]:  # an action's arguments
        """What the action takes."""
        return {"organisation_id": self.organisation}


class YearsIn(In):
    """Whole years abroad since the age of 18, and the proof."""

    years: Annotated[StrictInt, Field(ge=0, le=80)]
    reason: Words


class MergeIn(In):
    """The registration that stands, and why the two are one person."""

    survivor: Reference
    reason: Words


class DeathIn(In):
    """The day, and the proof."""

    died_on: Day
    reason: Words


class PurposeIn(In):
    """What the record is opened for; it is written down."""

    purpose: Annotated[Word, Field(min_length=3, max_length=60)]


class SearchIn(In):
    """A name in either script, and the year of birth if known."""

    name: Annotated[Word, Field(min_length=2)]
    birth_year: Annotated[StrictInt, Field(ge=1900, le=2100)] | None = None


class FindIn(In):
    """A passport number."""

    passport_number: Annotated[PassportNumber, Field(min_length=4)]


class SettleIn(In):
    """What the passport itself says, and what was seen."""

    category: PassportCategory
    reason: Words


class DoubtIn(In):
    """One person, or two, and why."""

    verdict: Verdict
    reason: Words


class Sending(Out):
    """Said alike whether or not there is such a person."""

    sent: bool = True


def _relative(row: Relative | None) -> RelativeOut | None:
    if row is None:
        return None
    return RelativeOut(name=row.name, relation=row.relation, phone=row.phone)


def _plain(body: EmigrantIn | DetailsIn) -> dict[str, Any]:
    given = {name: getattr(body, name) for name in type(body).model_fields}
    for name in ("nominee", "emergency"):
        given[name] = None if given[name] is None else given[name].relative()
    return given
