"""May this agent recruit today? The one answer for whoever works with agents."""

from django.utils.translation import gettext_lazy as _

from emigrate.domains.agents.enums import AgentState
from emigrate.domains.agents.models import Agent
from emigrate.foundation.errors import Blocked
from emigrate.foundation.transactions import today

UNREGISTERED = "unregistered"


class AgentBarred(Blocked):
    """The certificate is suspended, cancelled, expired or given back, or there is none."""

    code = "agent_not_active"
    text = _("The agent's registration is not in force (%(state)s). Choose another agent.")


def barred(agent: Agent) -> AgentBarred | None:
    """Why the agent may not recruit today (Emigration Act, 1983, ss.10 and 14); None if it may."""
    ended = agent.state == AgentState.ACTIVE and agent.valid_until < today()
    state = AgentState.EXPIRED.value if ended else agent.state
    return None if state == AgentState.ACTIVE else AgentBarred(state=state, agent=agent.reference)


def require_recruits(agent: Agent) -> None:
    """AgentBarred unless the certificate stands today."""
    refusal = barred(agent)
    if refusal is not None:
        raise refusal


def require_agency_recruits(organisation_id: int) -> None:
    """AgentBarred unless the agency's newest certificate stands today.

    The register is public, so any actor may ask.
    """
    agent = Agent.objects.filter(organisation_id=organisation_id).order_by("-id").first()
    if agent is None:
        raise AgentBarred(state=UNREGISTERED)
    require_recruits(agent)
