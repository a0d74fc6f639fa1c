"""Who acts: the one value that every action, query and database policy is asked with."""

from dataclasses import dataclass, replace
from typing import Self

SYSTEM_ROLE = "system"
PUBLIC_ROLE = "public"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or system in one role; roles are plain strings here (reference data names them).

    `on_behalf_of` names the person for whom an assisted step is taken (a village operator acting
    for an emigrant); both identities stand in every audit leaf.
    """

    role: str
    user_id: int | None = None
    organisation_id: int | None = None
    office: str | None = None
    country: str | None = None
    person_id: int | None = None
    on_behalf_of: str | None = None
    channel: str = "internal"
    request_id: str = ""

    @classmethod
    def system(cls, request_id: str = "") -> Self:
        """The platform itself: jobs, clocks and effects that follow from somebody's step."""
        return cls(role=SYSTEM_ROLE, request_id=request_id)

    @classmethod
    def public(cls, request_id: str = "") -> Self:
        """Anybody who has not signed in."""
        return cls(role=PUBLIC_ROLE, channel="web", request_id=request_id)

    def within(self, request_id: str) -> Self:
        """The same actor in another request."""
        return replace(self, request_id=request_id)

    @property
    def pseudonym(self) -> str:
        """The name of this actor in an audit leaf: role and account number, never a name."""
        return self.role if self.user_id is None else f"{self.role}:{self.user_id}"
