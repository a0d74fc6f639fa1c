import json

from bench.figure import Figure, misses, percentile, run_figure


def made(**changes):
    plain = {"figure": "x", "value": 1.0, "unit": "y", "target": ">= 2", "n": 5, "seed": 7}
    return lambda options: Figure(**{**plain, "seed": options.seed, **changes})


def test_a_figure_is_one_line_of_json(capsys):
    code = run_figure(made(), ["--seed", "9"])

    line = json.loads(capsys.readouterr().out)
    assert (code, line["figure"], line["seed"], line["ok"]) == (0, "x", 9, True)
    assert {"n", "seconds", "commit", "ratio", "limit"} <= set(line)


def test_a_miss_is_named_and_ends_with_1(capsys):
    code = run_figure(made(misses=misses(ratio=False, p99=True)), [])

    line = json.loads(capsys.readouterr().out)
    assert (code, line["misses"], line["ok"]) == (1, ["ratio"], False)


def test_percentiles_are_by_nearest_rank():
    values = list(range(1, 101))

    assert (percentile(values, 0.5), percentile(values, 0.95), percentile([3], 0.99)) == (51, 96, 3)
