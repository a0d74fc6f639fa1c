"""Signed requests to the sandbox by the standard library, and orders to its control interface."""

import http.client
import json
import time
from contextlib import closing
from urllib.error import HTTPError
from uuid import uuid4

from emigrate.foundation.http.signature import Signable


def ask(live, method, path, body=None, *, key=None, request_id=None):
    """Status, body (read as JSON if it is) and headers of the answer to one signed request."""
    request_id = request_id or str(uuid4())
    content = b"" if body is None else json.dumps(body).encode()
    port = live.greeting["port"]
    message = Signable(method, f"http://127.0.0.1:{port}{path}", content, request_id)
    headers = live.signer().headers(message, created=int(time.time())) | {
        "X-Request-Id": request_id,
        "Content-Type": "application/vnd.emigrate.platform.v1+json",
    }
    if key is not None:
        headers["Idempotency-Key"] = key
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        connection.request(method, path, content or None, headers)
        answer = connection.getresponse()
        answered, kind = answer.read(), answer.headers["Content-Type"]
    shown = json.loads(answered) if kind.endswith("json") else answered
    return answer.status, shown, answer.headers


def refusal(live, method, path, body):
    """Status and title with which the control interface refuses."""
    try:
        return live.control(method, path, body)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)["title"]
