"""Each entry on its own (form), and each case's entries one after another (chain)."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TEXT = r"(?s).+"
_HASH = r"[0-9a-f]{64}|"
_ANY = r"(?s).*"
_TIME = r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z"
FORMS = {
    name: re.compile(form)
    for name, form in {
        "alg": r"sha-256",
        "stream": _TEXT,
        "case": _TEXT,
        "event": _TEXT,
        "actor_role": _TEXT,
        "actor": _TEXT,
        "on_behalf_of": _ANY,
        "before_state": _ANY,
        "after_state": _TEXT,
        "before_hash": _HASH,
        "after_hash": _HASH,
        "reason_hash": _HASH,
        "findings_hash": _HASH,
        "request_id": _ANY,
        "db_time": _TIME,
        "prev": _HASH,
    }.items()
}
NULLABLE = {"on_behalf_of", "before_state"}
LARGEST = 2**53 - 1
_JCS = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))

Entry = dict[str, str | int | None]


class FormError(ValueError):
    """The entry is not a leaf in canonical form."""


def read_entry(data: bytes) -> Entry:
    """The leaf's fields; FormError unless the bytes are the RFC 8785 form of a version 1 leaf."""
    try:
        entry = json.loads(data.decode())
        canonical = _JCS.encode(entry).encode() == data
    except (ValueError, RecursionError) as error:
        message = "not JSON"
        raise FormError(message) from error
    if not canonical or not isinstance(entry, dict):
        message = "not a JSON object in canonical form"
        raise FormError(message)
    wrong = sorted(_wrong_fields(entry))
    if wrong:
        message = f"wrong fields: {', '.join(wrong)}"
        raise FormError(message)
    return entry


def _wrong_fields(entry: Entry) -> Iterator[str]:
    yield from entry.keys() ^ {*FORMS, "version", "seq"}
    seq = entry.get("seq")
    if type(entry.get("version")) is not int or entry.get("version") != 1:
        yield "version"
    if type(seq) is not int or not 1 <= seq <= LARGEST:
        yield "seq"
    for name, form in FORMS.items():
        value = entry.get(name)
        if value is None and name in NULLABLE:
            continue
        if not isinstance(value, str) or not form.fullmatch(value):
            yield name


@dataclass(slots=True)
class _Tip:
    seq: int
    node: str
    state: str
    content: str


class Chains:
    """Where every case stands after the entries so far."""

    def __init__(self) -> None:
        """Start before the first entry."""
        self._tips: dict[tuple[str, str], _Tip] = {}

    def __len__(self) -> int:
        """How many cases the entries so far speak of."""
        return len(self._tips)

    def follow(self, entry: Entry, node: bytes) -> Iterator[tuple[str, str]]:
        """Take the next entry, whose leaf hash is `node`; yield (code, detail) of each break."""
        key = (str(entry["stream"]), str(entry["case"]))
        seq = int(entry["seq"] or 0)
        tip = self._tips.get(key)
        due = tip.seq + 1 if tip else 1
        if seq > due:
            yield "seq_gap", f"seq {seq} where {due} was due"
        if seq < due:
            yield "seq_repeated", f"seq {seq} where {due} was due"
        if entry["prev"] != (tip.node if tip else ""):
            yield "prev_mismatch", "prev is not the hash of the case's entry before"
        if tip and entry["before_state"] != tip.state:
            yield "state_mismatch", f"starts in {entry['before_state']}, the case was {tip.state}"
        if tip and entry["before_hash"] != tip.content:
            yield "content_mismatch", "starts from other content than the entry before left"
        state, content = str(entry["after_state"]), str(entry["after_hash"])
        self._tips[key] = _Tip(seq, node.hex(), state, content)
