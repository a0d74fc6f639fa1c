from bench.replay import Sent, drawn_in, repeatable

OWN = "EC-2026-DEL-4821907-K"
OTHERS = "RA-2026-DEL-0000001-X"


def script(*sent):
    return repeatable(list(sent), {OWN, "bench-key-0f"})[2:]


def test_an_id_becomes_the_variable_of_the_statement_that_made_it():
    lines = script(
        Sent("INSERT INTO t (a) VALUES (1) RETURNING id", {"id": "32000000002"}),
        Sent("SELECT 1 FROM t WHERE id = 32000000002 AND k = 'person:32000000002'"),
    )

    assert lines == [
        "INSERT INTO t (a) VALUES (1) RETURNING id \\gset r0_",
        "SELECT 1 FROM t WHERE id = :r0_id::bigint AND k = ('person:' || :r0_id::text || '');",
    ]


def test_an_id_that_nobody_asks_for_stays():
    lines = script(Sent("INSERT INTO t (a) VALUES (1) RETURNING id", {"id": "32000000002"}))

    assert lines == ["INSERT INTO t (a) VALUES (1) RETURNING id;"]


def test_only_what_the_road_drew_gets_a_tail():
    lines = script(Sent(f"SELECT '{OWN}', '{OTHERS}', 'poe:3\nbench-key-0f'"))

    assert lines == [
        f"SELECT ('{OWN}' || :u::text), '{OTHERS}', ('poe:3 bench-key-0f' || :u::text || '');"
    ]


def test_a_colon_before_a_letter_is_no_variable():
    lines = script(Sent("""SELECT '{"a":true}'::jsonb, now()::text"""))

    assert lines == ["""SELECT ('{"a"' || chr(58) || 'true}')::jsonb, now()::text;"""]


def test_blinded_numbers_differ_each_time():
    blind = "0123456789abcdef" * 2

    lines = script(Sent(f"SELECT '\\x{blind}'::bytea, '\\x{blind * 2}'::bytea"))

    first = f"decode(md5('\\x{blind}' || :u::text), 'hex')::bytea"
    assert lines == [f"SELECT {first}, '\\x{blind * 2}'::bytea;"]


def test_a_job_that_another_took_is_left_alone():
    fetch = Sent("SELECT id FROM procrastinate_fetch_job_v2('x')", {"id": "41000000007"})

    lines = script(fetch, Sent("SELECT finish(41000000007)"))

    assert lines[1] == (
        "SELECT finish(nullif(:job0_id::text, '')::bigint) WHERE :job0_id::text <> '';"
    )


def test_what_is_drawn_is_found():
    found = drawn_in([Sent(f"SELECT '{OWN}', 'bench-receipt-1', 'B123456/2026'")])

    assert found == {OWN, "bench-receipt-1", "B123456/2026"}
