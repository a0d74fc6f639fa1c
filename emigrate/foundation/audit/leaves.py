"""Audit leaves: what one step of one case commits to, in canonical bytes.

Pure: no Django and no clock. A leaf holds pseudonyms, states and hashes only, never personal data,
so that erasing a person's data never breaks the log. Byte form: JCS (RFC 8785); hash: the leaf
hash of RFC 6962, section 2.1.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from json.encoder import encode_basestring
from typing import Final

VERSION: Final = 1
ALG: Final = "sha-256"
MAX_LEAF_BYTES: Final = 65_535
"""An entry bundle of C2SP tlog-tiles gives each entry's length in 16 bits."""

_LEAF_PREFIX: Final = b"\x00"
_SALT_BYTES: Final = 16
_MAX_SAFE_INTEGER: Final = 2**53 - 1
_HASH = re.compile(r"[0-9a-f]{64}|")
_TIME = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z"
)

CaseKey = tuple[str, str]
"""Stream and case: within one, `seq` runs 1, 2, 3 ..."""


class LeafError(ValueError):
    """The leaf cannot be written or read as evidence; the message names the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One step of one case. Every hash is lower-case hex SHA-256, or "" where there is none.

    `prev` is the leaf hash of the same case's previous leaf, "" for the first. `reason_hash` and
    other hashes of guessable content come from `salted_hash`. `db_time` is the database's clock,
    RFC 3339 with six decimals and "Z".
    """

    version: int = VERSION
    alg: str = ALG
    stream: str
    case: str
    seq: int
    event: str
    actor_role: str
    actor: str
    on_behalf_of: str | None
    before_state: str | None
    after_state: str
    before_hash: str
    after_hash: str
    reason_hash: str
    findings_hash: str
    request_id: str
    db_time: str
    prev: str

    @property
    def key(self) -> CaseKey:
        """The chain that this leaf belongs to."""
        return (self.stream, self.case)


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken promise in a chain. `index` counts the leaves as given, from 0."""

    index: int
    stream: str
    case: str
    seq: int
    code: str
    detail: str


_FIELDS: Final = frozenset(field.name for field in fields(Leaf))


def canonical_json(value: Mapping[str, str | int | None]) -> bytes:
    """JCS (RFC 8785) of a flat object of strings, integers and nulls.

    Raises LeafError for any other value, for integers beyond 2**53 - 1 and for lone surrogates.
    """
    names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    body = ",".join(f"{encode_basestring(name)}:{_scalar(name, value[name])}" for name in names)
    return _utf8("{" + body + "}")


def _scalar(name: str, value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return encode_basestring(value)
    if type(value) is int and abs(value) <= _MAX_SAFE_INTEGER:
        return str(value)
    message = f"{name}: only strings, safe integers and null have a canonical form here"
    raise LeafError(message)


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        message = f"not a Unicode text: {error.reason}"
        raise LeafError(message) from error


def canonical(leaf: Leaf) -> bytes:
    """The leaf's JCS bytes (RFC 8785), at most 65,535.

    Raises LeafError where a field breaks the form that `Leaf` promises. Written out by hand: it
    runs once for every step in the system, and names in sorted order need no sorting.
    """
    _check(leaf)
    quote = encode_basestring
    try:
        behalf = "null" if leaf.on_behalf_of is None else quote(leaf.on_behalf_of)
        before = "null" if leaf.before_state is None else quote(leaf.before_state)
        text = (
            f'{{"actor":{quote(leaf.actor)},"actor_role":{quote(leaf.actor_role)},'
            f'"after_hash":"{leaf.after_hash}","after_state":{quote(leaf.after_state)},'
            f'"alg":"{ALG}","before_hash":"{leaf.before_hash}","before_state":{before},'
            f'"case":{quote(leaf.case)},"db_time":"{leaf.db_time}","event":{quote(leaf.event)},'
            f'"findings_hash":"{leaf.findings_hash}","on_behalf_of":{behalf},'
            f'"prev":"{leaf.prev}","reason_hash":"{leaf.reason_hash}",'
            f'"request_id":{quote(leaf.request_id)},"seq":{leaf.seq},'
            f'"stream":{quote(leaf.stream)},"version":{VERSION}}}'
        )
    except TypeError as error:
        raise LeafError(str(error)) from error
    data = _utf8(text)
    if len(data) > MAX_LEAF_BYTES:
        message = f"leaf of {len(data)} bytes, at most {MAX_LEAF_BYTES}"
        raise LeafError(message)
    return data


def _check(leaf: Leaf) -> None:
    if type(leaf.version) is not int or leaf.version != VERSION or leaf.alg != ALG:
        message = f"version {leaf.version!r} with {leaf.alg!r} is not known"
        raise LeafError(message)
    if type(leaf.seq) is not int or not 1 <= leaf.seq <= _MAX_SAFE_INTEGER:
        message = f"seq: {leaf.seq!r} is not a count from 1"
        raise LeafError(message)
    for name in ("before_hash", "after_hash", "reason_hash", "findings_hash", "prev"):
        _match(_HASH, name, getattr(leaf, name))
    _match(_TIME, "db_time", leaf.db_time)
    for name in ("stream", "case", "event", "actor_role", "actor", "after_state"):
        if not getattr(leaf, name):
            message = f"{name}: empty"
            raise LeafError(message)


def _match(form: re.Pattern[str], name: str, text: object) -> None:
    if not isinstance(text, str) or not form.fullmatch(text):
        message = f"{name}: {text!r} has the wrong form"
        raise LeafError(message)


def parse(data: bytes) -> Leaf:
    """The leaf whose canonical bytes these are; LeafError for anything else."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        message = f"not JSON: {error}"
        raise LeafError(message) from error
    if not isinstance(value, dict) or value.keys() != _FIELDS:
        message = "not an object with exactly a leaf's fields"
        raise LeafError(message)
    leaf = Leaf(**value)
    if canonical(leaf) != data:
        message = "not in canonical form"
        raise LeafError(message)
    return leaf


def leaf_hash(leaf: Leaf) -> bytes:
    """32 bytes: SHA-256(0x00 || canonical(leaf)), RFC 6962, section 2.1."""
    return entry_hash(canonical(leaf))


def entry_hash(entry: bytes) -> bytes:
    """The RFC 6962 leaf hash of an entry whose canonical bytes are already at hand."""
    return hashlib.sha256(_LEAF_PREFIX + entry).digest()


def salted_hash(salt: bytes, text: str) -> str:
    """Hex HMAC-SHA-256 of a text under a salt of at least 16 bytes kept beside the text.

    A plain hash of a short reason can be guessed; with the salt erased, this one says nothing.
    """
    if len(salt) < _SALT_BYTES:
        message = "a salt has at least 16 bytes"
        raise ValueError(message)
    return hmac.new(salt, text.encode(), hashlib.sha256).hexdigest()


def chain_ok(
    leaves: Iterable[Leaf], *, heads: Mapping[CaseKey, Leaf] | None = None
) -> list[Problem]:
    """Every place where a case's chain is broken; empty when all hold.

    Leaves come in log order; cases may be interleaved. `heads` holds the last leaf of cases whose
    beginning was checked before. In each case `seq` runs from 1 without gap or repetition, `prev`
    is the hash of the leaf before, and `before_state` and `before_hash` are the state and the
    content which that leaf ended in: content that changed between two steps changed without one.
    """
    last = dict(heads or {})
    hashes: dict[CaseKey, str] = {}
    problems: list[Problem] = []
    for index, leaf in enumerate(leaves):
        previous = last.get(leaf.key)
        known = hashes.get(leaf.key) or (leaf_hash(previous).hex() if previous else "")
        problems += [
            Problem(index, leaf.stream, leaf.case, leaf.seq, code, detail)
            for code, detail in _breaks(leaf, previous, known)
        ]
        last[leaf.key] = leaf
        hashes[leaf.key] = leaf_hash(leaf).hex()
    return problems


def _breaks(leaf: Leaf, previous: Leaf | None, known: str) -> Iterable[tuple[str, str]]:
    expected = previous.seq + 1 if previous else 1
    if leaf.seq != expected:
        code = "seq_gap" if leaf.seq > expected else "seq_repeated"
        yield code, f"expected {expected}"
    if leaf.prev != known:
        yield "prev_mismatch", f"expected {known or 'none'}"
    if previous and leaf.before_state != previous.after_state:
        yield "state_mismatch", f"expected {previous.after_state}"
    if previous and leaf.before_hash != previous.after_hash:
        yield "content_mismatch", f"expected {previous.after_hash or 'none'}"
