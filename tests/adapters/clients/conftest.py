"""What tests of the clients share: a project, and a gate in front of two indexes."""

from pathlib import Path

import pytest

from pratique.adapters.clients import Gate
from pratique.flow.urls import GateUrls
from pratique.flow.world import World


@pytest.fixture
def gate(world: World, tmp_path: Path) -> Gate:
    """Of the index `there` and the public one."""
    (tmp_path / "scratch").mkdir()
    indexes = {"there": "https://other.example/simple/", "public": "https://index.example/simple/"}
    return Gate(GateUrls.of(world, indexes), 4000, tmp_path / "scratch")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder
