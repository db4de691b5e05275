"""Core metadata, read as the standard library's parser reads them, in a time that hostile ones do not stretch."""

import contextlib
import time
from email.parser import BytesParser
from email.policy import compat32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.ecosystems.pypi.metadata import check_metadata, read_fields
from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.artifact import Artifact, Ecosystem, ProjectName, VersionText

ARTIFACT = Artifact(Ecosystem.PYPI, ProjectName("look-up"), VersionText("1.0"), "look_up-1.0-py3-none-any.whl")
HEAD = b"Metadata-Version: 2.1\nName: Look.Up\nVersion: 1.0.0\n"


def test_name_version_summary_and_requirements_are_read() -> None:
    fields = read_fields(
        HEAD + b"summary:  short \nRequires-Dist: a>=1\nREQUIRES-DIST: b\n ; extra == 'x'\n\nName: y\n"
    )
    assert (fields.name, fields.version, fields.summary) == ("Look.Up", "1.0.0", "short")
    assert fields.requires_dist == ("a>=1", "b ; extra == 'x'")


LINES = st.sampled_from(
    [
        "Requires-Dist: a",
        "requires-dist:b ",
        " more",
        "\tmore",
        "Summary: s",
        "no field",
        "",
        "X y: z",
        ": empty",
        "Ü: x",
    ]
)


@given(st.lists(LINES, max_size=8), st.sampled_from(["\n", "\r\n", "\r"]))
def test_requirements_are_those_that_the_standard_parser_sees(lines: list[str], end: str) -> None:
    content = end.join(["Name: a", "Version: 1", *lines, ""]).encode()
    seen = BytesParser(policy=compat32).parsebytes(content).get_all("Requires-Dist", [])
    assert list(read_fields(content).requires_dist) == [" ".join(each.split()) for each in seen]


def test_metadata_of_the_very_release_pass() -> None:
    check_metadata(HEAD, ARTIFACT)
    check_metadata(HEAD.replace(b"\n", b"\r\n"), ARTIFACT)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n" + HEAD,
        b" Name: x\n" + HEAD.replace(b"Name", b"Nome"),
        HEAD.replace(b"1.0.0", b"1.1"),
        HEAD.replace(b"1.0.0", b"one"),
        HEAD.replace(b"Look.Up", b"other"),
        HEAD.replace(b"Look.Up", b""),
        HEAD + b"Name: other\n",
        HEAD + b"Version: 1.0\n",
        HEAD + b"Summary: \xff\n",
        HEAD + b"A: b\n" * limits.METADATA_LINES_MAX,
    ],
)
def test_what_is_not_of_this_release_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        check_metadata(content, ARTIFACT)


@pytest.mark.parametrize(
    "hostile",
    [
        b"Requires-Dist: " + b"(" * 4_000_000,
        HEAD + b"Summary: x\n" + b" y\n" * 1_300_000,
        HEAD + b"A:\n" * 1_300_000,
        HEAD + b":" * 4_000_000,
        HEAD + b"a" * 4_000_000,
        b"\n" * 4_000_000,
        HEAD + b"Requires-Dist: a\n" * 19_000,
        HEAD + b"Requires-Dist: a\n" + b" b\n" * 19_000,
    ],
    ids=["parentheses", "folded", "fields", "colons", "name", "empty", "requirements", "requirement"],
)
def test_hostile_metadata_take_no_longer_than_others(hostile: bytes) -> None:
    begun = time.process_time()
    with contextlib.suppress(InvalidInput):
        read_fields(hostile[: limits.METADATA_BYTES_MAX])
    assert time.process_time() - begun < 1.0, "milliseconds, where a mail parser takes seconds"
