import time, random
from emigrate.domains.agents import actions
from emigrate.domains.agents.models import Agent
from emigrate.domains.agents.queries import public_register
from emigrate.foundation.names.organisations import *
from emigrate.foundation.transactions import acting
from tests.factories.agents import *
from tests.factories.agents import _in_letters
from emigrate.domains.agents.workflow import AGENT
from datetime import date
def test_measure(committed_database):
    org=[an_agency().pk for _ in range(2500)]
    with acting(SYSTEM):
        for i,o in enumerate(org):
            n=f"{_in_letters(i+5000)} {random.choice(['Travels','Overseas','Manpower','Consultants'])} {random.choice(['Mumbai','Gulf','India'])}"
            AGENT.begin(Agent(reference=f"RA-{i}",rc_number=f"RC-{i}",organisation_id=o,legal_name=n,written_name=written_name(n),name_key=look_alike_key(n),office="MUM",category="small",entity="company",issued_on=date(2026,1,1),valid_until=date(2099,1,1),capacity=100000),actor=SYSTEM)
    with acting(SYSTEM): some=list(Agent.objects.all()[:50])
    for label,q in (("number",lambda x:x.rc_number),("name",lambda x:x.legal_name),("part",lambda x:x.legal_name[2:9]),("alike",lambda x:x.legal_name.replace("a","e",1)+"x")):
        t=time.perf_counter()
        for x in some: public_register(q(x))
        print(label, (time.perf_counter()-t)/50*1000,"ms")
    t=time.perf_counter()
    for _ in range(300): actions.use_capacity(some[0].pk,1,actor=SYSTEM)
    print("use_capacity/s",300/(time.perf_counter()-t))
