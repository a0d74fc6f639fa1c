"""Refusals: every one has a stable code, facts, and words that say what to do next."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Facts: TypeAlias = Mapping[str, Any]


class DomainError(Exception):
    """A refusal that a person or a machine can act on; nothing was changed.

    `code` is stable and part of the interface; `facts` fill the message's placeholders.
    `errors` name the wrong fields, each a {pointer, code, message}.
    `afterwards`, if set, is called once the refused transaction is undone, to keep what must be
    known although nothing was done; not where somebody catches the refusal within the transaction.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    text: ClassVar[str | Promise] = _("This cannot be done.")

    def __init__(self, code: str | None = None, **facts: Any) -> None:  # facts differ by error
        self.reason_code = code or self.code
        self.facts = facts
        self.errors: list[Mapping[str, str]] = []
        self.afterwards: Callable[[], None] | None = None
        super().__init__(self.reason_code)

    @property
    def message(self) -> str:
        """The refusal in the reader's language."""
        try:
            return str(self.text) % self.facts
        except KeyError:
            return str(self.text)


class NotFound(DomainError):
    """No such thing, or not yours: both read alike."""

    code = "not_found"
    status = 404
    text = _("There is no such record, or it is not yours to see. Check the reference number.")


class NotSignedIn(DomainError):
    """Nobody is signed in, or the token is unknown, expired or revoked."""

    code = "not_signed_in"
    status = 401
    text = _("Sign in first, or send a valid access token.")


class NotPermitted(DomainError):
    """Visible, but not for this actor to do."""

    code = "not_permitted"
    status = 403
    text = _("Your role may not do this. Ask the office or person who holds the case.")


class OwnCase(DomainError):
    """Nobody decides what they created or filed on (maker and checker are two people)."""

    code = "own_case"
    status = 403
    text = _("You created, filed or proposed this; another officer must decide it.")


class WrongState(DomainError):
    """The case is not where this step starts."""

    code = "wrong_state"
    text = _("This step is not open now: the case is in the state %(state)s.")


class ChangedMeanwhile(DomainError):
    """Somebody else changed the record between reading and writing."""

    code = "changed_meanwhile"
    status = 409
    text = _("Somebody changed this record at the same moment. Load it again and repeat.")


class StaleVersion(ChangedMeanwhile):
    """If-Match does not name the version that stands."""

    code = "version_mismatch"
    status = 412
    text = _("The record has a newer version. Load it again and repeat.")


class ReasonRequired(DomainError):
    """A step that must say why."""

    code = "reason_required"
    status = 422
    text = _("Give the reason in words that the applicant can act on.")


class Blocked(DomainError):
    """Something the step needs is missing, or the law forbids it; `unmet` lists the codes."""

    code = "blocked"
    status = 422
    text = _("This step needs something that is missing: %(unmet)s.")


class OutOfTurn(DomainError):
    """Work is taken in order; another case comes first."""

    code = "out_of_turn"
    text = _("Another case comes first. Take that one, or record why this one cannot wait.")


class InvalidInput(DomainError):
    """Bad input; `errors` is a list of {pointer, code, message}."""

    code = "invalid_input"
    status = 422
    text = _("Some of what was sent is not right; see the marked fields.")

    def __init__(
        self, errors: Sequence[Mapping[str, str]] = (), code: str | None = None, **facts: Any
    ) -> None:
        super().__init__(code, **facts)
        self.errors = list(errors)

    @classmethod
    def at(cls, pointer: str, code: str, message: str | Promise) -> "InvalidInput":
        """One wrong field, named by its JSON pointer."""
        return cls([{"pointer": pointer, "code": code, "message": str(message)}])


class AlreadyExists(DomainError):
    """A second one where there can be only one."""

    code = "already_exists"
    text = _("There is one already. Use the record that exists.")


class Exhausted(DomainError):
    """Nothing is left of what was asked for (vacancies, capacity)."""

    code = "exhausted"
    text = _("Nothing is left to take. Ask for more, or release what is not used.")


class TooLarge(DomainError):
    """More than the platform takes at once."""

    code = "too_large"
    status = 413
    text = _("This is too large. Send less at once.")


class KeyReused(DomainError):
    """An idempotency key that was used for another request."""

    code = "idempotency_key_reused"
    status = 422
    text = _("This idempotency key was used for a different request. Use a new key.")


class InFlight(DomainError):
    """The same request is being worked on at this moment."""

    code = "request_in_flight"
    text = _("The same request is being worked on. Wait a second and ask again with the same key.")


class KeyMissing(DomainError):
    """A POST without an idempotency key."""

    code = "idempotency_key_missing"
    status = 400
    text = _("Send the header Idempotency-Key with a fresh random value.")


class Busy(DomainError):
    """The platform or a partner cannot answer now; nothing was lost."""

    code = "unavailable"
    status = 503
    text = _("This part is not reachable now. Nothing was lost; try again in a minute.")
