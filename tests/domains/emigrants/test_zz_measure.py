"""20,000 persons in one transaction that is rolled back; search recall and time, as a non-owner role with RLS forced."""
import csv, random, statistics, time
from datetime import date
from pathlib import Path
import pytest
from django.db import connection, transaction
from emigrate.domains.emigrants.models import Emigrant, NameIndex
from emigrate.domains.emigrants.queries import *
from emigrate.domains.emigrants.queries import sealed as S
from emigrate.domains.emigrants.actions.valid import name_field
from emigrate.foundation import sealing
from emigrate.foundation.crypto.envelope import DataKey, seal, place
from emigrate.foundation.models import WrappedKey
from emigrate.foundation.transactions import acting, now
from emigrate.foundation.identifiers.references import new_reference
from tests.factories.emigrants import *
N=20000
def slip(word, rng):
    at=rng.randrange(len(word)); kind=rng.randrange(3); letter=rng.choice("aeiounrstlkm")
    return word[:at]+word[at+1:] if kind==0 and len(word)>2 else word[:at]+letter+word[at+(kind==1):]
def test_measure(committed_database):
    rng=random.Random(5)
    data=Path("emigrate/domains/reference/data/replay")
    given=list(csv.DictReader((data/"given_names.csv").open())); sur=list(csv.DictReader((data/"surnames.csv").open()))
    from emigrate.ops.database import Role as R, dsn
    import psycopg
    people=[]
    with psycopg.connect(dsn(committed_database, R.OWNER), autocommit=True) as own:
        own.execute("ALTER TABLE emigrants_emigrant DISABLE TRIGGER state_has_leaf")
        own.execute("ALTER TABLE emigrants_emigrant DISABLE TRIGGER USER")
    t=time.perf_counter()
    with acting(SYSTEM):
        rows=[];idx=[];keys=[]
        for i in range(1,N+1):
            g=rng.choice(given); m=rng.choice(given) if rng.random()<.4 else None; s=rng.choice(sur)
            gn=g["latin"]+(" "+m["latin"] if m else ""); sn=s["latin"]
            loc=" ".join(x["devanagari"] for x in (g,m,s) if x)
            b=date(1966+rng.randrange(40),1+rng.randrange(12),1+rng.randrange(28))
            ident=Identity(gn,sn,b,local_name=loc)
            subj=f"person:{i}"; dk=DataKey.fresh(); keys.append(WrappedKey(subject=subj,wrapped=sealing.vault().wrap(dk,subject=subj)))
            phone=f"+9170{i:08d}"
            e=Emigrant(pk=i,reference=f"EM-2026-{i:07d}-X",state="profile_basic",state_since=now(),created_at=now(),audit_seq=1,audit_head=b"x"*32,birth_year=b.year,sex="M",nationality="IND",state_code="9",district_code="1",language="hi",registered_through="office",birth_blind=birth_blind(b),phone_blind=phone_blind(phone))
            tb,_,c=S.IDENTITY.partition("."); e.identity_sealed=seal(ident.as_text().encode(),data_key=dk,aad=place(tb,c,e.seal_id))
            tb,_,c=S.CONTACT.partition("."); e.contact_sealed=seal(Contact(phone=phone).as_text().encode(),data_key=dk,aad=place(tb,c,e.seal_id))
            rows.append(e); idx.append(NameIndex(emigrant_id=i,name_keys=keys_of([ident.full_name,loc]))); people.append((e,ident,phone))
        WrappedKey.objects.bulk_create(keys,batch_size=2000); Emigrant.objects.bulk_create(rows,batch_size=2000); NameIndex.objects.bulk_create(idx,batch_size=2000)
    print("\nseed s",round(time.perf_counter()-t,1))
    with psycopg.connect(dsn(committed_database, R.OWNER), autocommit=True) as own:
        own.execute("ANALYZE")
    officer=an_officer()
    def figures(name, asks, year):
        times=[];hit=0;first=0;shown=[]
        for e,text in asks:
            t=time.perf_counter(); got=search_by_name(text,birth_year=e.birth_year if year else None,actor=officer); times.append((time.perf_counter()-t)*1000)
            ids=[g.emigrant_id for g in got]; hit+=e.pk in ids; shown.append(len(ids))
        times.sort(); print(f"{name}: recall {hit}/{len(asks)} median {times[len(times)//2]:.1f} ms p95 {times[int(len(times)*.95)]:.1f} max {times[-1]:.1f} shown {statistics.mean(shown):.1f}")
    sample=rng.sample(people,400)
    figures("exact, no year",[(e,i.full_name) for e,i,p in sample],False)
    figures("exact, year",[(e,i.full_name) for e,i,p in sample],True)
    def slipped(i):
        w=i.full_name.split(); k=rng.randrange(len(w)); w[k]=slip(w[k],rng); return " ".join(w)
    figures("one slip, year",[(e,slipped(i)) for e,i,p in sample],True)
    figures("one slip, no year",[(e,slipped(i)) for e,i,p in sample],False)
    figures("devanagari, year",[(e,i.local_name) for e,i,p in sample],True)
    t=[];hits=0
    for e,i,p in sample:
        per=personal(e.pk,actor=SYSTEM,purpose="m"); t0=time.perf_counter(); hits+=len(others_alike(e.pk,per,actor=SYSTEM)); t.append((time.perf_counter()-t0)*1000)
    t.sort(); print(f"others_alike median {t[200]:.1f} p95 {t[380]:.1f} ms; false alikes {hits} of 400")
    t=[]
    with acting(SYSTEM):
        for e,i,p in sample:
            t0=time.perf_counter(); personal(e.pk,actor=SYSTEM,purpose="m"); t.append((time.perf_counter()-t0)*1000)
    t.sort(); print(f"personal median {t[200]:.2f} p95 {t[380]:.2f} ms")
    from emigrate.foundation.names import query_keys
    k=query_keys(sample[0][1].full_name,sealing.name_key())
    with acting(officer), connection.cursor() as c:
        q=Emigrant.objects.filter(birth_year=1980)
        for keys_ in k: q=q.filter(nameindex__name_keys__overlap=keys_)
        print("\n".join(q.values("pk").explain(analyze=True).splitlines()[-3:]))
        c.execute("select pg_size_pretty(pg_relation_size('emigrant_name_keys')), pg_size_pretty(pg_total_relation_size('emigrants_nameindex')), pg_size_pretty(pg_total_relation_size('emigrants_emigrant'))"); print(c.fetchone())
        c.execute("create temp table t as select 1") if False else None

    import cProfile,pstats
    pr=cProfile.Profile(); pr.enable()
    for e,i,p in sample[:60]: search_by_name(i.full_name,birth_year=e.birth_year,actor=officer)
    pr.disable(); pstats.Stats(pr).sort_stats("tottime").print_stats(12)
