"""Versions that nobody reaches by releasing."""

from typing import Final

import pytest

from pratique.facts.names.versions import majors, unlikely_version

CHOSEN: Final = [
    "99.0.0",
    "99.10.9",
    "999",
    "1000.1",
    "9999.99.99",
    "1!99.0",
    "v99.1",
    "90",
    "2101.1",
    "0099",
    "999999999",
    "99999999.1",
]
REACHED: Final = [
    "1.0",
    "89.9",
    "2026.11.30",
    "20261130",
    "19900101.1",
    "1990",
    "202611.1",
    "202611301200",
    "0089",
    "0.99.99",
    "main",
]


@pytest.mark.parametrize("version", [*CHOSEN, "9" * 5_000])
def test_a_version_that_is_there_to_win_is_told(version: str) -> None:
    assert version in unlikely_version(version, 2)


@pytest.mark.parametrize(
    "version",
    [
        "1.0",
        "89.9",
        "2026.11.30",
        "20261130",
        "19900101.1",
        "1990",
        "202611.1",
        "202611301200",
        "0089",
        "0.99.99",
        "",
        "main",
    ],
)
def test_a_version_that_is_reached_is_not(version: str) -> None:
    assert unlikely_version(version, 0) == ""


def test_a_project_that_counts_up_may_be_anywhere() -> None:
    counted = majors(["1.0", "2.0", "2.1", "v3", "1!4", "dev", "146.0"])
    assert counted == 5
    assert unlikely_version("147.0", counted) == ""
    assert unlikely_version("147.0", counted - 1) != ""
