import json
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor

import pytest

from emigrate.foundation.crypto.envelope import DataKey
from emigrate.foundation.crypto.vault import (
    KeyFile,
    Standing,
    Vault,
    VaultError,
    key_version,
    require_demo_keys,
    require_production_keys,
)


def code_of(call, *arguments, **named):
    with pytest.raises(VaultError) as refusal:
        call(*arguments, **named)
    return refusal.value.code


def test_a_wrapped_key_opens_for_its_person_only():
    vault = Vault(KeyFile.fresh(Standing.DEMO))
    data_key = DataKey.fresh(generation=3)

    wrapped = vault.wrap(data_key, subject="7")

    unwrapped = vault.unwrap(wrapped, subject="7")
    assert (unwrapped.secret, unwrapped.generation) == (data_key.secret, 3)
    assert code_of(vault.unwrap, wrapped, subject="8") == "vault_key_broken"
    assert len(wrapped) == 65


def test_a_changed_or_cut_wrapped_key_is_refused():
    vault = Vault(KeyFile.fresh(Standing.DEMO))
    wrapped = vault.wrap(DataKey.fresh(), subject="7")

    changed = [wrapped[:at] + bytes([wrapped[at] ^ 1]) + wrapped[at + 1 :] for at in range(65)]

    refusals = {code_of(vault.unwrap, each, subject="7") for each in changed}
    assert refusals == {"vault_key_broken", "vault_key_unknown"}
    assert code_of(vault.unwrap, wrapped[:-1], subject="7") == "vault_key_broken"


def test_another_installations_keys_do_not_open():
    wrapped = Vault(KeyFile.fresh(Standing.DEMO)).wrap(DataKey.fresh(), subject="7")

    other = Vault(KeyFile.fresh(Standing.DEMO))

    assert code_of(other.unwrap, wrapped, subject="7") == "vault_key_broken"


def test_a_rotation_needs_no_pause_and_ends_the_old_key():
    first = KeyFile.fresh(Standing.PRODUCTION)
    data_key = DataKey.fresh()
    old = Vault(first).wrap(data_key, subject="7")

    second = first.rotated()
    during = Vault(second)
    new = during.rewrap(old, subject="7")
    after = Vault(second.without(1))

    assert during.unwrap(old, subject="7").secret == data_key.secret
    assert (key_version(old), key_version(new), during.rewrap(new, subject="7")) == (1, 2, new)
    assert after.unwrap(new, subject="7").secret == data_key.secret
    assert code_of(after.unwrap, old, subject="7") == "vault_key_unknown"


def test_a_rotation_keeps_the_blind_root():
    file = KeyFile.fresh(Standing.PRODUCTION)

    assert Vault(file.rotated()).blind_root == file.blind


def test_the_current_key_cannot_be_dropped():
    assert code_of(KeyFile.fresh(Standing.DEMO).without, 1) == "vault_file"


def test_unwrapped_keys_are_kept_up_to_a_number_and_forgotten_on_request():
    vault = Vault(KeyFile.fresh(Standing.DEMO), cached=2)
    wrapped = {person: vault.wrap(DataKey.fresh(), subject=person) for person in "abc"}
    kept = {person: vault.unwrap(wrapped[person], subject=person) for person in "abc"}

    same = [vault.unwrap(wrapped[person], subject=person) is kept[person] for person in "cba"]
    vault.forget("b")

    assert same == [True, True, False]
    assert vault.unwrap(wrapped["b"], subject="b") is not kept["b"]


def test_a_kept_key_is_not_given_for_another_person():
    vault = Vault(KeyFile.fresh(Standing.DEMO))
    wrapped = vault.wrap(DataKey.fresh(), subject="7")
    vault.unwrap(wrapped, subject="7")

    assert code_of(vault.unwrap, wrapped, subject="8") == "vault_key_broken"


def test_threads_share_a_vault():
    vault = Vault(KeyFile.fresh(Standing.DEMO), cached=5)
    keys = {str(person): DataKey.fresh() for person in range(20)}
    wrapped = {person: vault.wrap(key, subject=person) for person, key in keys.items()}

    def opens(turn):
        person = str(turn % 20)
        return vault.unwrap(wrapped[person], subject=person).secret == keys[person].secret

    with ThreadPoolExecutor(8) as threads:
        opened = list(threads.map(opens, range(2000)))

    assert opened == [True] * 2000


def test_a_key_file_survives_writing_and_reading(tmp_path):
    file = KeyFile.fresh(Standing.PRODUCTION).rotated()
    path = tmp_path / "fields.json"
    path.write_text(file.text())
    path.chmod(0o600)

    assert KeyFile.read(path) == file


@pytest.mark.parametrize("mode,refused", [(0o644, True), (0o602, True), (0o640, False)])
def test_a_production_file_open_to_everybody_is_refused(tmp_path, mode, refused):
    path = tmp_path / "fields.json"
    path.write_text(KeyFile.fresh(Standing.PRODUCTION).text())
    path.chmod(mode)

    if refused:
        assert code_of(KeyFile.read, path) == "vault_file_open_to_others"
    else:
        assert KeyFile.read(path).standing == Standing.PRODUCTION


@pytest.mark.parametrize(
    "changes",
    [
        {"standing": "holiday"},
        {"current": 2},
        {"keys": {}},
        {"keys": {"1": "not base64!"}},
        {"keys": {"1": b64encode(b"short").decode()}},
        {"keys": {"0": b64encode(bytes(32)).decode(), "1": b64encode(bytes(32)).decode()}},
        {"keys": ["1"]},
        {"blind": None},
        {"blind": ""},
    ],
)
def test_a_broken_key_file_is_refused_without_showing_it(changes):
    content = json.loads(KeyFile.fresh(Standing.DEMO).text())

    assert code_of(KeyFile.parse, json.dumps({**content, **changes})) == "vault_file"


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "{"])
def test_something_else_is_no_key_file(text):
    assert code_of(KeyFile.parse, text) == "vault_file"


def test_demo_keys_are_refused_for_production_and_the_other_way_round():
    demo = Vault(KeyFile.fresh(Standing.DEMO))
    production = Vault(KeyFile.fresh(Standing.PRODUCTION))

    require_demo_keys(demo)
    require_production_keys(production)

    assert code_of(require_production_keys, demo) == "vault_demo_keys"
    assert code_of(require_demo_keys, production) == "vault_production_keys"


def test_renaming_the_standing_does_not_make_demo_keys_real():
    demo = json.loads(KeyFile.fresh(Standing.DEMO).rotated().text())
    renamed = Vault(KeyFile.parse(json.dumps({**demo, "standing": "production"})))

    assert code_of(require_production_keys, renamed) == "vault_demo_keys"


def test_renaming_the_standing_does_not_make_real_keys_demo():
    production = json.loads(KeyFile.fresh(Standing.PRODUCTION).text())
    renamed = Vault(KeyFile.parse(json.dumps({**production, "standing": "demo"})))

    assert code_of(require_demo_keys, renamed) == "vault_production_keys"


def test_secrets_are_never_printed():
    file = KeyFile.fresh(Standing.DEMO)

    shown = repr(file) + repr(Vault(file))

    assert (repr(file.blind)[2:-1] in shown, "DEMOKEY" in shown) == (False, False)
