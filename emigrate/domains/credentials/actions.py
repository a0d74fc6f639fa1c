"""Issue a certificate with the decision that it certifies, and let its status follow."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from django.db import connection
from django.db.models import F

from emigrate.domains.credentials.enums import STATUS_VALUES, CredentialState
from emigrate.domains.credentials.facts import (
    ClearanceClaims,
    StatusPlace,
    Validity,
    cwt_claims,
)
from emigrate.domains.credentials.models import Credential, Paper, StatusShard
from emigrate.domains.credentials.policies import CREDENTIAL_POLICY
from emigrate.domains.credentials.queries import (
    PDF_COLUMN,
    QR_COLUMN,
    keyring,
    person_subject,
    status_uri,
)
from emigrate.domains.credentials.workflow import CREDENTIAL
from emigrate.foundation import jobs, sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.crypto.cose import qr_text, sign_cwt
from emigrate.foundation.crypto.signing_keys import Purpose
from emigrate.foundation.crypto.status_list import StatusList, sign_status_list
from emigrate.foundation.errors import NotFound
from emigrate.foundation.identifiers.numbering import randomness
from emigrate.foundation.transactions import action, now

FILL = 0.8
"""A shard is closed at this share, so that a random free place is found at once."""

DRAWS = 64
"""So many places taken in a row mean a full shard (at four fifths: once in a million issues)."""

TOKEN_BYTES, NAME_BYTES = 16, 13

_PLACE_FREE = """
SELECT pg_try_advisory_xact_lock(%(shard)s, %(place)s) AND NOT EXISTS (
    SELECT 1 FROM credentials_credential WHERE shard_id = %(shard)s AND place = %(place)s)
"""


@dataclass(frozen=True, slots=True)
class NewCredential:
    """What is certified, for whom, who may see it, and the paper's language (ISO 639)."""

    subject_kind: str
    subject_reference: str
    person_id: int
    agency_id: int | None
    office: str
    country: str
    claims: ClearanceClaims
    validity: Validity
    language: str


@action
def issue_credential(new: NewCredential, *, actor: Actor) -> Credential:
    """Sign the certificate; its paper is made by a job. Called by the decision, as the system."""
    CREDENTIAL_POLICY.require_role(actor, "status")
    shard, place = _free_place()
    key = keyring().signing(Purpose.EC_QR, now())
    token_id, seal_id = randomness().randbytes(TOKEN_BYTES), uuid4()
    where = StatusPlace(status_uri(shard.name), place)
    claims = cwt_claims(new.claims, new.validity, where, issuer=keyring().issuer, token_id=token_id)
    text = qr_text(sign_cwt(claims, key=key))
    credential = Credential(
        reference=f"C-{new.subject_reference}",
        subject_kind=new.subject_kind,
        subject_reference=new.subject_reference,
        person_id=new.person_id,
        agency_id=new.agency_id,
        office=new.office,
        country=new.country,
        shard=shard,
        place=place,
        kid=key.kid,
        token_id=token_id,
        not_before=new.validity.not_before,
        expires_at=new.validity.expires_at,
        seal_id=seal_id,
        qr_sealed=sealing.seal(person_subject(new.person_id), QR_COLUMN, seal_id, text),
        qr_hash=hashlib.sha256(text.encode()).digest(),
    )
    CREDENTIAL.begin(credential, actor=actor)
    paper = {"subject_reference": new.subject_reference, "language": new.language}
    jobs.later("credentials.paper", queue=jobs.PAPERS, **paper)
    return credential


def _free_place() -> tuple[StatusShard, int]:
    """A random free place of an open shard, so that no order of issue leaks."""
    while True:
        shard = StatusShard.objects.filter(closed=False).order_by("id").first() or _open_shard()
        with connection.cursor() as cursor:
            for place in (randomness().randrange(shard.size) for _ in range(DRAWS)):
                cursor.execute(_PLACE_FREE, {"shard": shard.pk, "place": place})
                if cursor.fetchone()[0]:
                    return shard, place
        StatusShard.objects.filter(pk=shard.pk).update(closed=True)


def _open_shard() -> StatusShard:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [0x73686172])
    waiting = StatusShard.objects.filter(closed=False).first()
    name = randomness().randbytes(NAME_BYTES).hex()
    return waiting or StatusShard.objects.create(name=name, opened_at=now())


@action
def close_full_shards(*, actor: Actor) -> int:
    """Close the shards that are nearly full (a periodic job); how many were closed."""
    CREDENTIAL_POLICY.require_role(actor, "status")
    closed = 0
    for shard in StatusShard.objects.filter(closed=False):
        if Credential.objects.filter(shard=shard).count() >= FILL * shard.size:
            closed += StatusShard.objects.filter(pk=shard.pk, closed=False).update(closed=True)
    return closed


@action
def set_credential_status(
    subject_reference: str, state: CredentialState, *, actor: Actor, reason: str
) -> Credential:
    """Let the certificate follow its decision: suspended, restored or revoked."""
    verb = {
        CredentialState.SUSPENDED: "suspend",
        CredentialState.VALID: "restore",
        CredentialState.REVOKED: "revoke",
    }[state]
    rows = Credential.objects.all()
    credential = CREDENTIAL.hold(rows, actor=actor, verb=verb, subject_reference=subject_reference)
    return CREDENTIAL.take(verb, credential, actor=actor, reason=reason)


@action
def keep_paper(subject_reference: str, language: str, pdf: bytes, *, actor: Actor) -> Paper:
    """Keep the PDF that the job made; a second one of the same language replaces nothing."""
    CREDENTIAL_POLICY.require_role(actor, "status")
    credential = Credential.objects.filter(subject_reference=subject_reference).first()
    if credential is None:
        raise NotFound(subject="credential")
    kept = Paper.objects.filter(credential=credential, language=language).first()
    if kept is not None:
        return kept
    seal_id = uuid4()
    sealed = sealing.seal(person_subject(credential.person_id), PDF_COLUMN, seal_id, pdf.hex())
    return Paper.objects.create(
        credential=credential,
        language=language,
        made_at=now(),
        seal_id=seal_id,
        pdf_sealed=sealed,
        sha256=hashlib.sha256(pdf).digest(),
    )


@action
def signed_status_lists(*, actor: Actor) -> dict[str, bytes]:
    """Every status list by its name, signed at this moment.

    Only as the platform: a list made of the rows that somebody else sees would call a revoked
    certificate valid.
    """
    CREDENTIAL_POLICY.require_role(actor, "status")
    key = keyring().signing(Purpose.STATUS, now())
    lists = {}
    for shard in StatusShard.objects.order_by("id"):
        entries = StatusList(bits=2, size=shard.size)
        changed = Credential.objects.filter(shard=shard).exclude(state=CredentialState.VALID)
        for place, state in changed.values_list(F("place"), F("state")):
            entries.set(place, STATUS_VALUES[CredentialState(state)])
        uri = status_uri(shard.name)
        lists[shard.name] = sign_status_list(entries, uri=uri, issued=now(), key=key)
    return lists


def export(directory: Path, *, actor: Actor) -> list[Path]:
    """Write what an offline gate needs: root.pem, trust.cbor and status/<shard>.cbor."""
    lists = signed_status_lists(actor=actor)
    (directory / "status").mkdir(parents=True, exist_ok=True)
    written = {
        "root.pem": keyring().root_pem(),
        "trust.cbor": trust_list(actor=actor),
        **{f"status/{name}.cbor": data for name, data in lists.items()},
    }
    for name, content in written.items():
        target = directory / name
        target.with_suffix(".new").write_bytes(content)
        target.with_suffix(".new").replace(target)
    return [directory / name for name in written]


@action
def trust_list(*, actor: Actor) -> bytes:
    """The trust list as of now, signed by the root."""
    del actor
    return keyring().trust_list(now())
