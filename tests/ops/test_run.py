"""When `emigrate run` goes on with what is there, and when it begins anew."""

from emigrate.ops.run import DATABASE, begins_anew


def test_a_site_with_its_keys_goes_on(tmp_path, monkeypatch):
    monkeypatch.delenv("EMIGRATE_KEYS", raising=False)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "fields.json").write_text("{}")

    assert not begins_anew(tmp_path, [DATABASE])
    assert begins_anew(tmp_path, ["another"])


def test_a_site_without_its_keys_begins_anew(tmp_path, monkeypatch):
    """The database stands outside the checkout: deleted and cloned again, nothing opens it."""
    monkeypatch.delenv("EMIGRATE_KEYS", raising=False)

    assert begins_anew(tmp_path, [DATABASE])
