"""A body that an operation accepts, made from its schema; rows named in it are the tenant's."""

import inspect
from collections.abc import Mapping
from typing import Any

from emigrate.api.v1 import api
from emigrate.domains.accounts.models import Membership
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.contracts.models import Contract
from emigrate.domains.demands.models import Demand, DemandLine
from emigrate.domains.documents.models import Document
from emigrate.domains.emigrants.models import Emigrant
from emigrate.domains.emigrants.queries import personal
from emigrate.foundation.actors import Actor
from emigrate.ops.simulation.world import SYSTEM
from tests.journeys.population import Population

DAY = "2026-11-30"
SAMPLES: Mapping[str, Any] = {
    "Amount": "1",
    "^[A-Z]{3}$": "DEL",
    "^[0-9]{6}$": "000000",
    "^[0-9]{4}$": "7112",
    "^[0-9a-f]{64}$": "0" * 64,
    r"^[0-9]{1,13}(\.[0-9]{1,3})?$": "1",
    "^[A-Z0-9-]+$": "NONE",
}


def schemas() -> dict[tuple[str, str], dict[str, Any]]:
    """The schema of every operation's body: method and path -> JSON schema; {} without a body."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for bound in api._get_bound_routers():
        for path, view in bound.path_operations.items():
            for operation in view.operations:
                parameters = inspect.signature(operation.view_func).parameters
                body = parameters.get("body")
                schema = {} if body is None else body.annotation.model_json_schema()
                found |= {(method, path): schema for method in operation.methods}
    return found


def body(schema: Mapping[str, Any], named: Mapping[str, Any]) -> dict[str, Any]:
    """Every required member; `named` gives the values of members by name, where it has them."""
    return _value(schema, schema, named)


def _value(schema: Mapping[str, Any], root: Mapping[str, Any], named: Mapping[str, Any]) -> Any:
    if "$ref" in schema:
        return _value(root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root, named)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        members = schema.get("properties", {})
        wanted = [name for name in members if name in schema.get("required", ()) or name in named]
        return {
            name: named[name] if name in named else _value(members[name], root, named)
            for name in wanted
        }
    if kind == "array":
        return [_value(schema["items"], root, named)] * schema.get("minItems", 0)
    if kind == "integer":
        return schema.get("minimum", 1)
    return _text(schema)


def _text(schema: Mapping[str, Any]) -> str:
    if schema.get("format") == "date":
        return DAY
    pattern = schema.get("pattern", "")
    return str(SAMPLES.get(pattern, "Example"))


def names_of(population: Population, number: int) -> dict[str, Any]:
    """What members of a body are called, for the rows of one tenant; read as the platform."""
    tenant = population.village.tenants[number]
    agency, company = tenant.agency, tenant.company
    approved = population.village.references["approved"][number]
    case = Clearance.objects.select_related("contract", "emigrant").get(reference=approved)
    offered = Contract.objects.get(state="offered", agency_id=agency.actor.organisation_id)
    demand = Demand.objects.get(
        state="submitted", employer_organisation_id=company.actor.organisation_id
    )
    document = Document.objects.get(organisation_id=agency.actor.organisation_id)
    return {
        "emigrant": case.emigrant.reference,
        "contract": case.contract.reference,
        "subject": case.contract.reference,
        "employer": company.case.reference,
        "agent": agency.case.reference,
        "document": document.reference,
        "survivor": Emigrant.objects.get(pk=offered.emigrant_id).reference,
        "allotment": tenant.job.allotment.pk,
        "line": DemandLine.objects.filter(demand=demand).values_list("pk", flat=True)[0],
        "organisation": agency.actor.organisation_id,
        "terms_hash": bytes(offered.terms_hash).hex(),
        "currency": "INR",
        "policy_number": "P-1",
        "verdict": "different",
        "passport_number": personal(case.emigrant_id, actor=SYSTEM, purpose="test").passport_number,
        "country": company.case.country,
        "mission_code": company.case.mission_code,
        "membership": _membership(agency.actor),
        "user": agency.actor.user_id,
    }


def _membership(actor: Actor) -> int:
    return Membership.objects.values_list("pk", flat=True).get(
        user_id=actor.user_id, role=actor.role
    )
