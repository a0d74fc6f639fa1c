"""What the API says of itself."""

import functools
import json

from emigrate.api.routes import Call, Routes, Sent

routes = Routes("Public")


@routes.get("/openapi.json", None, transaction=False)
def openapi(call: Call) -> Sent:
    """This API in OpenAPI 3.1."""
    del call
    return Sent(_text(), headers={"Cache-Control": "public, max-age=3600"})


@functools.cache
def _text() -> bytes:
    from emigrate.api.openapi import document  # app ready: the document is of this very package

    return json.dumps(document()).encode()
