from tests.api.caller import caller, code_of

def test_me(scene):
    agent = caller(scene.agent, moment=scene.now)
    r = agent.get("/me"); print(r.status_code, r.content)
    r = agent.get("/clearances?limit=2"); print(r.status_code, r.content)
    ref = scene.drafts[0].reference
    r = agent.get(f"/clearances/{ref}"); print(r.status_code, r.content[:3000], r.headers)
    r = agent.post(f"/clearances/{ref}/submit"); print(r.status_code, r.content[:3000], r.headers)
    r = agent.post(f"/clearances/{ref}/submit"); print(r.status_code, r.content[:3000], r.headers)
    assert 0
