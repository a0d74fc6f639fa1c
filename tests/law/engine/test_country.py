"""The setting that chooses the law."""

import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from emigrate.law import india
from emigrate.law.current import pack
from emigrate.law.engine import country
from emigrate.law.engine.country import UnknownCountry


@pytest.fixture(autouse=True)
def _read_afresh() -> Iterator[None]:
    country.chosen.cache_clear()
    yield
    country.chosen.cache_clear()


def test_india_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMIGRATE_LAW", raising=False)

    chosen: ModuleType = pack()

    assert chosen is india


@pytest.mark.parametrize("name", ["atlantis", "engine", "../law/india", "India"])
def test_a_country_without_a_law_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMIGRATE_LAW", name)

    with pytest.raises(UnknownCountry):
        pack()


def test_the_law_needs_no_django() -> None:
    """Asking, answering and listing load neither Django nor anything above the law."""
    program = (
        "import sys, emigrate.ops.law, emigrate.law.india;"
        "from emigrate.law.engine.figures import all_figures; all_figures(None);"
        "print([n for n in sys.modules if n.split('.')[0] == 'django'"
        " or n.startswith(('emigrate.domains', 'emigrate.config', 'emigrate.foundation'))])"
    )

    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert found.stdout.strip() == "[]"
