"""After the counter: departed, arrived, returned."""

from typing import TYPE_CHECKING

from emigrate.domains.departures.enums import DepartureState as S
from emigrate.domains.departures.policies import DEPARTURE_POLICY
from emigrate.foundation.workflow import Step, Workflow

if TYPE_CHECKING:  # type checking
    from emigrate.domains.departures.models import Departure

# fmt: off
DEPARTURE: "Workflow[Departure]" = Workflow(
    "departure", table="departures_departure", states=S, initial=S.DEPARTED,
    policy=DEPARTURE_POLICY, content=("clearance_id", "airport", "flight"),
    steps=[
        #    verb      from                       to          who may   event
        Step("arrive", S.DEPARTED,                S.ARRIVED,  "arrive", "departure.arrived"),
        Step("return", (S.DEPARTED, S.ARRIVED),   S.RETURNED, "return", "departure.returned"),
    ],
)
# fmt: on
