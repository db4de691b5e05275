"""Which indexes stand behind a gate, and in which order they are asked."""

import os
from pathlib import Path

import pytest
from packageurl.contrib import purl2url

from pratique.adapters.clients import default_index, known_index
from pratique.here import indexes_of
from pratique.settings import IndexOptions, ServerOptions, Settings

INTERNAL = "https://index.example/internal/simple"
PUBLIC = "https://index.example/simple/"


def test_the_public_index_is_asked_last() -> None:
    indexes = indexes_of(Settings(index={"public": IndexOptions(url=PUBLIC), "internal": IndexOptions(url=INTERNAL)}))
    assert list(indexes.items()) == [("internal", INTERNAL), ("public", PUBLIC)]


def test_without_a_word_it_is_the_index_this_machines_pip_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", PUBLIC)
    assert indexes_of(Settings()) == {"public": PUBLIC}


@pytest.mark.parametrize(
    ("told", "settings"),
    [
        ("http://127.0.0.1:8470/simple/", Settings()),
        ("http://localhost:8470/ci/simple/", Settings()),
        ("http://pip:secret@127.0.0.1:9000/simple/", Settings(server=ServerOptions(port=9000))),
        ("https://gate.example/simple/", Settings(server=ServerOptions(public_url="https://gate.example"))),
    ],
)
def test_a_gate_that_pip_already_uses_does_not_ask_itself(
    monkeypatch: pytest.MonkeyPatch, told: str, settings: Settings
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", told)
    assert indexes_of(settings) == {"public": known_index()}


def test_another_gate_on_this_machine_is_an_index_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:3141/simple/")
    assert indexes_of(Settings()) == {"public": "http://127.0.0.1:3141/simple/"}


def test_the_public_index_is_where_a_library_knows_packages_to_be() -> None:
    page = str(purl2url.get_repo_url("pkg:pypi/demo"))  # type: ignore[no-untyped-call]  # packageurl has no types here
    origin = known_index().removesuffix("/simple/")
    assert known_index() == f"{origin}/simple/"
    assert page.startswith(f"{origin}/")


def test_the_index_of_another_environment_is_read_there_and_not_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", INTERNAL)
    elsewhere = {"HOME": str(tmp_path), "PIP_CONFIG_FILE": os.devnull}
    assert default_index({**elsewhere, "PIP_INDEX_URL": PUBLIC}) == PUBLIC
    assert default_index(elsewhere) == known_index()
    broken = tmp_path / "pip.conf"
    broken.write_text("index-url = x\n", encoding="utf-8")
    assert default_index({"HOME": str(tmp_path), "PIP_CONFIG_FILE": str(broken)}) == known_index()
