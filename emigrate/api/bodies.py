"""Request bodies: strict JSON, so that what the platform reads is what the sender wrote."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.parser import Parser

from emigrate.foundation.errors import DomainError, InvalidInput
from emigrate.foundation.texts import storable

JSON_TYPE = "application/json"
DEEPEST = 20
LONGEST_NAME = 60
"""Of a member's name in a pointer: no member of ours is longer."""


class NotJson(DomainError):
    """The body is no JSON value (RFC 8259) in UTF-8."""

    code = "json_malformed"
    status = 400
    text = "The body is not JSON. Send one JSON object in UTF-8."


class WrongMediaType(DomainError):
    """The body is something else than JSON."""

    code = "media_type_unsupported"
    status = 415
    text = "Send the body as application/json."


class LengthRequired(DomainError):
    """A body in chunks: the server would read it as no body at all."""

    code = "length_required"
    status = 411
    text = gettext_lazy("Send the body in one piece, with the header Content-Length.")


class EncodedBody(DomainError):
    """A body that is packed or otherwise encoded."""

    code = "content_encoding_unsupported"
    status = 415
    text = gettext_lazy("Send the body as it is, without the header Content-Encoding.")


def require_plain_body(request: HttpRequest) -> None:
    """The body came as it is and with its length. LengthRequired, EncodedBody."""
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        raise LengthRequired
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() != "identity":
        raise EncodedBody


class StrictParser(Parser):
    """Reads JSON and refuses repeated keys, NaN, deep nesting, and text a database cannot hold."""

    def parse_body(self, request: HttpRequest) -> Any:  # any JSON value
        """The body's value. NotJson, WrongMediaType, InvalidInput (`duplicate_key`)."""
        if request.content_type != JSON_TYPE:
            raise WrongMediaType
        return strict_json(request.body)


def strict_json(body: bytes) -> Any:  # any JSON value
    """The value of a JSON text. NotJson; InvalidInput names each repeated or unreadable member."""
    try:
        value = json.loads(
            body.decode(), object_pairs_hook=_Members, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise NotJson from error
    errors: list[dict[str, str]] = []
    plain = _plain(value, "", errors)
    if errors:
        raise InvalidInput(errors)
    return plain


class _Members(list[tuple[str, Any]]):
    """A JSON object as it was written, repeated keys included."""


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _plain(value: Any, pointer: str, errors: list[dict[str, str]]) -> Any:
    if pointer.count("/") > DEEPEST:
        raise NotJson
    if isinstance(value, _Members):
        return _object(value, pointer, errors)
    if isinstance(value, list):
        return [_plain(each, f"{pointer}/{i}", errors) for i, each in enumerate(value)]
    if isinstance(value, str) and not storable(value):
        errors.append(_text_malformed(pointer))
    return value


def _object(members: _Members, pointer: str, errors: list[dict[str, str]]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, value in members:
        if not storable(name):
            errors.append(_text_malformed(pointer))
            continue
        where = f"{pointer}/{escaped(name[:LONGEST_NAME])}"
        if name in plain:
            message = _("This member stands there twice.")
            errors.append({"pointer": where, "code": "duplicate_key", "message": message})
        plain[name] = _plain(value, where, errors)
    return plain


def _text_malformed(pointer: str) -> dict[str, str]:
    """Text that cannot be kept; where it is a member's name, `pointer` is of the object."""
    message = _("Leave out control characters and broken signs.")
    return {"pointer": pointer, "code": "text_malformed", "message": message}


def escaped(name: str) -> str:
    """A member's name inside a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
