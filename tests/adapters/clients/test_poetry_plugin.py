"""The plugin inside Poetry: every repository comes to the gate. Here classes of the same shape stand in; journeys have Poetry."""

import json
import sys
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace

import pytest

from pratique.adapters.clients.poetry import GATE_VARIABLE, SOURCES_VARIABLE

GATE = "http://gate.example/"
DEFAULT = "https://index.example/"
OTHER = "https://other.example/whl/cpu"


class Repositories:
    """Poetry's classes of repositories, made anew: the plugin changes one of them."""

    def __init__(self) -> None:
        class HTTPRepository:
            def __init__(self, name: str, url: str) -> None:
                self.name = name
                self._url = url

            @property
            def url(self) -> str:
                return self._url

        class PyPiRepository(HTTPRepository):
            def __init__(self, url: str = DEFAULT, *, fallback: bool = True) -> None:
                super().__init__("PyPI", url.rstrip("/") + "/simple/")
                self._base_url = url
                self.fallback = fallback

            @property
            def searched(self) -> str:
                return self._base_url + "search"

        self.http = HTTPRepository
        self.default = PyPiRepository


@dataclass
class Pool:
    """The repositories of a project."""

    all_repositories: list[object] = field(default_factory=list)


@pytest.fixture
def repositories(monkeypatch: pytest.MonkeyPatch) -> Repositories:
    made = Repositories()
    modules: dict[str, dict[str, object]] = {
        "poetry": {},
        "poetry.plugins": {},
        "poetry.plugins.plugin": {"Plugin": object},
        "poetry.repositories": {},
        "poetry.repositories.http_repository": {"HTTPRepository": made.http},
        "poetry.repositories.pypi_repository": {"PyPiRepository": made.default},
    }
    for name, content in modules.items():
        module = ModuleType(name)
        module.__dict__.update(content)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.delitem(sys.modules, "pratique.adapters.clients.poetry_plugin.pratique_gate", raising=False)
    return made


def activate(monkeypatch: pytest.MonkeyPatch, sources: dict[str, str], *repositories: object) -> None:
    """What Poetry does once a project is read."""
    from pratique.adapters.clients.poetry_plugin.pratique_gate import GatePlugin

    monkeypatch.setenv(GATE_VARIABLE, GATE)
    monkeypatch.setenv(SOURCES_VARIABLE, json.dumps(sources))
    GatePlugin().activate(SimpleNamespace(pool=Pool(list(repositories))), None)


def test_the_default_index_is_the_gate_for_the_project_and_for_whatever_is_built_for_it(
    repositories: Repositories, monkeypatch: pytest.MonkeyPatch
) -> None:
    projects = repositories.default()
    activate(monkeypatch, {}, projects)
    for each in (projects, repositories.default(fallback=False)):
        assert each.url == f"{GATE}simple/"
        assert each.searched == f"{GATE}search"


@pytest.mark.parametrize("known", [OTHER, f"{OTHER}/"])
@pytest.mark.parametrize("named", [OTHER, f"{OTHER}/"])
def test_a_source_that_the_gate_has_an_index_for_is_the_gates(
    repositories: Repositories, monkeypatch: pytest.MonkeyPatch, known: str, named: str
) -> None:
    source = repositories.http("other", named)
    activate(monkeypatch, {known: f"{GATE}index/other/simple/"}, source)
    assert source.url == f"{GATE}index/other/simple"


def test_what_the_gate_has_no_index_for_stays_as_it_is(
    repositories: Repositories, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = repositories.http("other", "https://elsewhere.example/simple/")
    activate(monkeypatch, {OTHER: f"{GATE}index/other/simple/"}, object(), source)
    assert source.url == "https://elsewhere.example/simple/"
