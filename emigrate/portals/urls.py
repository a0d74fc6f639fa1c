"""Every page at its address. No personal number stands in an address: references only."""

from django.urls import URLPattern, URLResolver, include, path

from emigrate.portals.agent import views as agent
from emigrate.portals.border import views as border
from emigrate.portals.officer import views as officer
from emigrate.portals.public import views as public
from emigrate.portals.showing import door
from emigrate.portals.worker import views as worker

# fmt: off
PUBLIC = [
    door("", public.home, "public:home"),
    door("is-this-agent-real", public.agent, "public:agent"),
    door("job-offer", public.job_offer, "public:job-offer"),
    door("help", public.help_page, "public:help"),
    door("sign-in", public.sign_in, "public:sign-in"),
    door("sign-out", public.leave, "public:sign-out"),
    door("language", public.language, "public:language"),
]
WORKER = [
    door("", worker.tasks, "worker:tasks"),
    door("contracts/<reference>", worker.contract, "worker:contract"),
    door("contracts/<reference>/questions", worker.read_back, "worker:read-back"),
    door("contracts/<reference>/agree", worker.consent, "worker:consent"),
    door("contracts/<reference>/decline", worker.decline, "worker:decline"),
    door("contracts/<reference>/withdraw", worker.withdraw, "worker:withdraw"),
    door("charges/<int:charge_id>", worker.charge, "worker:charge"),
    door("clearances/<reference>", worker.clearance, "worker:clearance"),
    door("clearances/<reference>/card", worker.card, "worker:card"),
    door("clearances/<reference>/card.png", worker.card_qr, "worker:card-qr"),
    door("clearances/<reference>/paper.pdf", worker.paper, "worker:paper"),
]
AGENT = [
    door("", agent.home, "agent:home"),
    door("contracts/<reference>/clearance", agent.draft, "agent:draft"),
    door("clearances/<reference>", agent.clearance, "agent:clearance"),
    door("clearances/<reference>/submit", agent.submit, "agent:submit"),
    door("clearances/<reference>/answer", agent.answer, "agent:answer"),
    door("clearances/<reference>/redate", agent.redate, "agent:redate"),
    door("clearances/<reference>/withdraw", agent.withdraw, "agent:withdraw"),
]
OFFICER = [
    door("", officer.queue, "officer:queue"),
    door("next", officer.take_next, "officer:next"),
    door("cases/<reference>", officer.case, "officer:case"),
    door("cases/<reference>/take", officer.take, "officer:take"),
    door("cases/<reference>/<slug:verb>", officer.decide, "officer:decide"),
]
BORDER = [
    door("", border.counter, "border:counter"),
    door("check", border.check, "border:check"),
    door("departure", border.departure, "border:departure"),
    door("off-load", border.off_load, "border:off-load"),
]
# fmt: on

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((PUBLIC, "public"))),
    path("worker/", include((WORKER, "worker"))),
    path("agent/", include((AGENT, "agent"))),
    path("officer/", include((OFFICER, "officer"))),
    path("counter/", include((BORDER, "border"))),
]
