"""Token Status List (IETF draft-ietf-oauth-status-list) in its CWT form.

Entry 0 stands in the least significant bits of byte 0. Protected header {1: alg, 4: kid,
16: "application/statuslist+cwt"}; claims 2 (its own address), 6 issued, 4 expires, 65534 time to
live, 65533 {bits, lst}.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gate import cose
from gate.cbor import Value, decode
from gate.fields import Labels, Misfit, field, mapping, moment, rfc3339, text
from gate.inflate import inflate
from gate.reasons import Reason, Refused, Unusable
from gate.trust import PURPOSE_STATUS, TrustList

TYPE = "application/statuslist+cwt"
LARGEST = 1 << 20
VALID, REVOKED, SUSPENDED = range(3)
_SUB, _EXP, _IAT, _LIST, _TTL = 2, 4, 6, 65533, 65534
_CLAIMS: Labels = frozenset({_SUB, _EXP, _IAT, _LIST})
_CLAIMS_MAY: Labels = frozenset({_TTL})
_OF_LIST: Labels = frozenset({"bits", "lst"})
_WIDTHS = (1, 2, 4, 8)
_HEADER = frozenset({cose.HEADER_ALG, cose.HEADER_KID, cose.HEADER_TYP})


@dataclass(frozen=True, slots=True)
class StatusList:
    """The entries of one list; times in seconds since 1970.

    `as_of` is `issued` in RFC 3339; `doubtful` says that its key was compromised later, so that
    its date may be a lie.
    """

    uri: str
    issued: int
    expires: int
    bits: int
    entries: bytes
    as_of: str
    doubtful: bool = False

    def get(self, index: int) -> int:
        """The value of one entry; `Refused(status_index_unknown)` beyond the end."""
        place = index * self.bits
        if not 0 <= place < 8 * len(self.entries):
            raise Refused(Reason.STATUS_INDEX_UNKNOWN)
        return self.entries[place >> 3] >> (place & 7) & ((1 << self.bits) - 1)


def load_status(data: bytes, trust: TrustList) -> StatusList:
    """Read a list that a status key of the trust list signed; `Unusable(status_...)`."""
    if len(data) > LARGEST:
        raise Unusable("status_unusable", "A status list is larger than one mebibyte.")
    try:
        return _load(data, trust)
    except Refused as refused:
        signature = refused.reason is Reason.BAD_SIGNATURE
        raise Unusable(
            "status_bad_signature" if signature else "status_unusable",
            f"A status list is not one that a trusted key signed ({refused.reason}).",
        ) from refused
    except Misfit as error:
        raise Unusable("status_unusable", "A status list's content is not understood.") from error


def newest(lists: list[StatusList]) -> Mapping[str, StatusList]:
    """For each address the list issued last; of two from one second, the one that ends later."""
    ordered = sorted(lists, key=lambda each: (each.issued, each.expires))
    return {each.uri: each for each in ordered}


def status_claims(payload: Value) -> StatusList:
    """Understand the claims of a status list token; `Misfit` or `Refused` when they are unfit."""
    pairs = mapping(payload, _CLAIMS, _CLAIMS_MAY)
    packed = mapping(pairs[_LIST], _OF_LIST)
    bits = field(packed, "bits", int)
    if bits not in _WIDTHS:
        raise Misfit
    issued = moment(pairs, _IAT)
    return StatusList(
        uri=text(pairs, _SUB),
        issued=issued,
        expires=moment(pairs, _EXP),
        bits=bits,
        entries=inflate(field(packed, "lst", bytes), LARGEST),
        as_of=rfc3339(issued),
    )


def _load(data: bytes, trust: TrustList) -> StatusList:
    message = cose.parse(data)
    cose.require_profile(message, _HEADER)
    if message.header[cose.HEADER_TYP] != TYPE:
        raise Refused(Reason.HEADER_NOT_ALLOWED)
    key = trust.key(message)
    cose.verify(message, key.public, key.alg)
    found = status_claims(decode(message.payload))
    key.require(PURPOSE_STATUS, now=None, signed_at=found.issued)
    return replace(found, doubtful=key.compromised_since is not None)
