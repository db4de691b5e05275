"""File names, read with their project known, and the projects a name alone may belong to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.ecosystems.pypi.filenames import Kind, parse_filename, possible_projects
from pratique.ecosystems.pypi.names import normal_name
from pratique.errors import InvalidInput
from pratique.model.artifact import ProjectName, VersionText
from pratique.model.ecosystem import ParsedFile


@pytest.mark.parametrize(
    ("filename", "name", "version", "kind"),
    [
        ("ruamel.yaml-0.18.6-py3-none-any.whl", "ruamel-yaml", "0.18.6", Kind.WHEEL),
        ("demo-1.0.post1-1-py3-none-any.whl", "demo", "1.0.post1", Kind.WHEEL),
        ("demo-1.0+cpu-cp311-cp311-linux_x86_64.whl", "demo", "1.0+cpu", Kind.WHEEL),
        ("python-dateutil-2.8.2.tar.gz", "python-dateutil", "2.8.2", Kind.SDIST),
        ("demo-1.0-RC1.zip", "demo", "1.0rc1", Kind.SDIST),
        ("demo-1.0-py3.6.egg", "demo", "1.0", Kind.OTHER),
        ("demo-1.0.win-amd64-py3.8.exe", "demo", "1.0", Kind.OTHER),
    ],
)
def test_a_file_name_says_project_version_and_kind(filename: str, name: str, version: str, kind: Kind) -> None:
    assert parse_filename(filename, ProjectName(name)) == ParsedFile(VersionText(version), kind)
    assert name in possible_projects(filename)


@pytest.mark.parametrize(
    ("filename", "readings"),
    [
        ("calc-2-1.tar.gz", {"calc": "2.post1", "calc-2": "1"}),
        ("foo-1-2.zip", {"foo": "1.post2", "foo-1": "2"}),
        ("Zope.Interface-5.0.tar.gz", {"zope-interface": "5.0"}),
        ("python-dateutil-2.8.2.tar.gz", {"python-dateutil": "2.8.2"}),
        ("old-1dev-trunk.tar.gz", {"old": "1dev-trunk"}),
        ("demo-1.0-2-py3-none-any.whl", {"demo": "1.0"}),
    ],
)
def test_a_name_is_read_as_its_project_says(filename: str, readings: dict[str, str]) -> None:
    assert set(possible_projects(filename)) == set(readings)
    for project, version in readings.items():
        assert parse_filename(filename, ProjectName(project)).version == version


@pytest.mark.parametrize(
    "filename", ["demo.whl", "demo-1.0.sh", "demo.tar.gz", "-1.0.tar.gz", "demo-1 0.zip", "d" * 300 + "-1.zip"]
)
def test_what_is_no_distributions_name_is_refused(filename: str) -> None:
    with pytest.raises(InvalidInput):
        possible_projects(filename)
    with pytest.raises(InvalidInput):
        parse_filename(filename, ProjectName("demo"))


parts = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._]{0,6}[A-Za-z0-9])?", fullmatch=True)
versions = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,2}){0,2}((a|rc)[0-9])?(\.post[0-9])?(\+[a-z0-9]{1,4})?", fullmatch=True)


@given(st.lists(parts, min_size=1, max_size=3), versions)
def test_whatever_its_name_a_projects_own_file_is_read_as_its_own(name: list[str], version: str) -> None:
    project = normal_name("-".join(name))
    for filename in (f"{'-'.join(name)}-{version}.tar.gz", f"{'_'.join(name)}-{version}-py3-none-any.whl"):
        parse_filename(filename, project)
        assert project in possible_projects(filename)
