"""The API as an OpenAPI 3.1 document: what ninja knows, and what every operation shares."""

from typing import Any

from emigrate.api.permissions import PERMISSIONS, UNKEYED, Public
from emigrate.api.problems import PROBLEM_TYPE
from emigrate.api.routes import LONGEST_KEY, PREFIX, SHORTEST_KEY, VERSIONED
from emigrate.api.v1 import api

KEY, IF_MATCH = "IdempotencyKey", "IfMatch"
PARAMETERS = {
    KEY: {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "A fresh random value; the same value again gets the same answer.",
        "schema": {"type": "string", "minLength": SHORTEST_KEY, "maxLength": LONGEST_KEY},
    },
    IF_MATCH: {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": (
            "The ETag that was read; 412 when the case has gone on. A POST that does not name "
            "this header has no version, and refuses it with 400 if_match_not_here."
        ),
        "schema": {"type": "string"},
    },
}
PROBLEM = {
    "title": "Problem",
    "description": "A refusal (RFC 9457): a stable code, what to do next, and the wrong fields.",
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "facts", "errors", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "facts": {"type": "object"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {
                    "pointer": {"type": "string", "format": "json-pointer"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
        "request_id": {"type": "string"},
    },
}
ROWS = {"EmigrantsIn": "EmigrantIn", "ClearancesIn": "ClearanceIn"}
"""Bodies whose rows are read one by one, and the schema by which each is read."""


def document() -> dict[str, Any]:
    """The whole document, the same from every process."""
    described: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=f"{PREFIX[1:]}/"))
    described["servers"] = [{"url": "/"}]
    components = described["components"]
    components["schemas"]["Problem"] = PROBLEM
    for body, row in ROWS.items():
        rows = components["schemas"][body]["properties"]["rows"]
        rows["items"] = {"$ref": f"#/components/schemas/{row}"}
    components["schemas"] = dict(sorted(components["schemas"].items()))
    components["securitySchemes"] = {"AccessToken": {"type": "http", "scheme": "bearer"}}
    components["parameters"] = PARAMETERS
    components["responses"] = {
        "Problem": {
            "description": "Refused; nothing was changed.",
            "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    }
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            _complete((method.upper(), path.removeprefix(PREFIX)), operation)
    return described


def _complete(route: tuple[str, str], operation: dict[str, Any]) -> None:
    answers = {str(status): answer for status, answer in operation["responses"].items()}
    operation["responses"] = {**answers, "default": {"$ref": "#/components/responses/Problem"}}
    if not isinstance(PERMISSIONS[route], Public):
        operation["security"] = [{"AccessToken": []}]
    if route[0] == "POST":
        parameters = operation.setdefault("parameters", [])
        if route not in UNKEYED:
            parameters.append({"$ref": f"#/components/parameters/{KEY}"})
        if route in VERSIONED:
            parameters.append({"$ref": f"#/components/parameters/{IF_MATCH}"})
