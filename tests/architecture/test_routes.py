"""Every address that the site answers stands in a table of permissions."""

from collections import defaultdict

import pytest
from django.urls import URLPattern, get_resolver

from emigrate.api.permissions import CALLBACKS, PERMISSIONS
from emigrate.api.v1 import PARTS, api
from emigrate.portals.permissions import PAGES


def addresses(resolver=None, prefix="", space=""):
    """Every pattern of the site: its address, and its name within its space."""
    resolver = resolver or get_resolver()
    for pattern in resolver.url_patterns:
        address = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            yield address, f"{space}:{pattern.name}"
        else:
            yield from addresses(pattern, address, pattern.namespace or space)


def test_nothing_is_answered_that_is_not_in_a_table():
    api_addresses = {path for _, path in PERMISSIONS}

    unknown = [
        (address, name)
        for address, name in addresses()
        if not (
            name in PAGES
            or _api_path(address) in api_addresses
            or f"/{address}" in CALLBACKS
            or address in CATCHING
        )
    ]

    assert unknown == []


CATCHING = {"v1/", "v1/^(?P<rest>.*)$"}
"""What answers 404 for every other address of the API."""


def _api_path(address):
    converted = address.removeprefix("v1").replace("<", "{").replace(">", "}")
    return converted.replace("{int:", "{").replace("{uuid:", "{").replace("{str:", "{")


def schemas():
    """Every schema class of the API by its name in the document."""
    named = defaultdict(set)
    for part in PARTS:
        for value in vars(part).values():
            if isinstance(value, type) and hasattr(value, "model_fields"):
                named[value.__name__].add(value)
    return named


def test_one_name_in_the_document_is_one_schema():
    doubled = {
        name: sorted(each.__module__ for each in classes)
        for name, classes in schemas().items()
        if len({str(each.model_json_schema()["properties"] if each.model_fields else {})
                for each in classes}) > 1
    }  # fmt: skip

    assert doubled == {}


@pytest.mark.parametrize("operation", sorted(PERMISSIONS))
def test_an_operation_is_made_once(operation):
    method, path = operation
    made = [
        view
        for bound in api._get_bound_routers()
        for known, view in bound.path_operations.items()
        for each in view.operations
        if known == path and method in each.methods
    ]

    assert len(made) == 1
