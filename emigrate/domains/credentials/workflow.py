"""The whole machine of a certificate: it follows the decision that it certifies."""

from typing import TYPE_CHECKING

from emigrate.domains.credentials.enums import CredentialState as S
from emigrate.domains.credentials.policies import CREDENTIAL_POLICY
from emigrate.foundation.workflow import Step, Workflow

if TYPE_CHECKING:  # type checking
    from emigrate.domains.credentials.models import Credential

# fmt: off
CREDENTIAL: "Workflow[Credential]" = Workflow(
    "credential", table="credentials_credential", states=S, initial=S.VALID,
    policy=CREDENTIAL_POLICY, content=("subject_reference", "qr_hash"),
    steps=[
        #    verb       from                     to           who may   event
        Step("suspend", S.VALID,                 S.SUSPENDED, "status", "credential.suspended"),
        Step("restore", S.SUSPENDED,             S.VALID,     "status", "credential.restored"),
        Step("revoke",  (S.VALID, S.SUSPENDED),  S.REVOKED,   "status", "credential.revoked"),
    ],
)
# fmt: on
