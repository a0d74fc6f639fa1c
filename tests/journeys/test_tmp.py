from django.apps import apps
from emigrate.foundation.transactions import acting
from emigrate.ops.simulation.world import SYSTEM
def test_it(population):
    print([str(r) for r in population.residents])
    with acting(SYSTEM):
        for m in apps.get_models():
            n = m._default_manager.count()
            states = dict()
            if any(f.name=="state" for f in m._meta.fields):
                for s in m._default_manager.values_list("state", flat=True): states[s]=states.get(s,0)+1
            print(m._meta.label, n, states)
    for k,vv in sorted(population.village.world.clockwork.milliseconds.items(), key=lambda x:-sum(x[1]))[:8]: print(k, len(vv), round(sum(vv)))
