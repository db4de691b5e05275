"""Which artifacts a package URL of a policy or a waiver means, and which it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.errors import InvalidInput
from pratique.model.artifact import Artifact, Digest, Ecosystem, ProjectName, VersionText
from pratique.policy.pattern import read_pattern, read_release

SHA = Digest("sha256:" + "a" * 64)


def file(version: str, name: str = "demo", filename: str = "", digest: Digest | None = None) -> Artifact:
    return Artifact(Ecosystem.PYPI, ProjectName(name), VersionText(version), filename, digest=digest)


@pytest.mark.parametrize(
    ("pattern", "meant", "not_meant"),
    [
        ("pkg:pypi/demo", ["1.0", "2.0rc1", "1.0+cpu", "1.0-old"], []),
        ("pkg:pypi/demo@*", ["1.0", "1.0-old"], []),
        ("pkg:pypi/demo@1.0", ["1.0", "1.0.0"], ["1.0+cpu", "1.0.post1", "1.0rc1", "1.0.1"]),
        ("pkg:pypi/demo@1.0%2Bcpu", ["1.0+cpu"], ["1.0", "1.0+cuda"]),
        ("pkg:pypi/demo@1%210", ["1!0"], ["0", "10"]),
        ("pkg:pypi/demo@==1.0", ["1.0", "1.0+cpu"], ["1.0.1"]),
        ("pkg:pypi/demo@1.*", ["1.0", "1.9rc1"], ["2.0", "0.9", "1.0-old"]),
        ("pkg:pypi/demo@>=2,<2.5", ["2.0", "2.4.9", "2.1b1"], ["1.9", "2.5", "3.0", "2-old"]),
    ],
)
def test_a_version_means_itself_and_a_range_what_is_in_it(pattern: str, meant: list[str], not_meant: list[str]) -> None:
    found = read_pattern(pattern)
    assert [version for version in (*meant, *not_meant) if found.matches(file(version))] == meant


def test_names_are_compared_in_their_normal_form_and_stars_stand_for_anything() -> None:
    assert read_pattern("pkg:pypi/Acme_*").matches(file("1", "acme-core"))
    assert not read_pattern("pkg:pypi/Acme_*").matches(file("1", "acmecore"))
    assert read_pattern("pkg:pypi/Acme_Core").exact_name == "acme-core"
    assert read_pattern("pkg:pypi/acme-*").exact_name == ""


def test_qualifiers_mean_one_file() -> None:
    this = file("1.0", filename="demo-1.0-py3-none-any.whl", digest=SHA)
    others = [
        file("1.0", filename="demo-1.0-1-py3-none-any.whl", digest=SHA),
        file("1.0", filename="demo-1.0-py3-none-any.whl", digest=Digest("sha256:" + "b" * 64)),
        file("1.0", filename="demo-1.0-py3-none-any.whl"),
        file("1.0+local", filename="demo-1.0+local-py3-none-any.whl", digest=SHA),
    ]
    assert this.file_purl == f"pkg:pypi/demo@1.0?checksum={SHA}&file_name=demo-1.0-py3-none-any.whl"
    pattern = read_pattern(this.file_purl)
    assert [pattern.matches(each) for each in (this, *others)] == [True, False, False, False, False]
    by_name = read_pattern("pkg:pypi/demo@1.0?file_name=demo-1.0-py3-none-any.whl")
    assert [by_name.matches(each) for each in (this, *others)] == [True, False, True, True, False]


@given(
    st.sampled_from(["1.0", "1!2.0", "1.0+cpu.1", "2.0rc1", "3.post1"]),
    st.sampled_from(["", "demo-1.0+x!~_.whl"]),
    st.booleans(),
)
def test_the_package_url_of_a_file_means_that_file(version: str, filename: str, has_digest: bool) -> None:  # noqa: FBT001 - drawn
    this = file(version, filename=filename, digest=SHA if has_digest else None)
    assert read_pattern(this.file_purl).matches(this)
    assert read_release(this.purl) == file(version)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("demo", "is no package URL"),
        ("pkg:npm/demo", "is of an ecosystem that is not known here; known: pypi"),
        ("pkg:pypi/scope/demo", "has a namespace; projects of pypi have none"),
        ("pkg:pypi/de mo", "is no project name"),
        ("pkg:pypi/*a*b*c*", "has more than 3 stars"),
        ("pkg:pypi/demo@soon", "is neither a version nor a range"),
        ("pkg:pypi/demo@1.0?arch=x", "has other qualifiers than file_name and checksum"),
        ("pkg:pypi/demo@1.0?file_name=", "or one without a value"),
        ("pkg:pypi/demo@1.0?checksum=md5:00", "a digest is written sha256:"),
    ],
)
def test_what_is_no_pattern_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why.replace("?", r"\?")):
        read_pattern(text)


@pytest.mark.parametrize(
    "text", ["pkg:pypi/demo", "pkg:pypi/demo@1.*", "pkg:pypi/de*@1.0", "pkg:pypi/demo@1.0?file_name=a.zip"]
)
def test_a_release_is_one_version_of_one_project(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_release(text)
