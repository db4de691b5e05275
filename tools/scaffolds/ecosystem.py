"""An ecosystem: how one world of packages speaks, as a value, with tests of it; and its word among the kinds of artifacts."""

from pathlib import Path
from typing import Final

from tools.scaffolds.files import PACKAGE, insert_after, module_name, write_new

THEN: Final = (
    "make each part as its world has it; then its pages in web/{name}, its client, a simulated index and a journey"
)

_ABOUT: Final = '"""How the world of {id} packages speaks: bytes in, values out, and back."""\n'

_CODE: Final = '''"""The world of {id} packages, as a value: in its simplest form, to be replaced part by part."""

import re
from typing import Final

import msgspec

from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.artifact import Artifact, Digest, ProjectName, VersionText
from pratique.model.artifact import Ecosystem as ArtifactKind
from pratique.model.ecosystem import Ecosystem, ParsedFile, Range, Version
from pratique.model.listing import ListedFile, Listing, Rejected
from pratique.model.text import quoted

ACCEPT: Final = "application/json"
_ARCHIVE: Final = "archive"
_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PATTERN: Final = re.compile(r"[a-z0-9*-]+")
_VERSION: Final = re.compile(r"[0-9]{{1,9}}(?:\\.[0-9]{{1,9}}){{0,9}}")
_FILE: Final = re.compile(rf"(?P<name>{{_NAME.pattern}})-(?P<version>{{_VERSION.pattern}})\\.tar\\.gz")


class _File(msgspec.Struct, frozen=True):
    url: str
    digest: str


class _Page(msgspec.Struct, frozen=True):
    files: list[_File]


def name(text: str) -> ProjectName:
    """A project's name in normal form: small letters. Raises `InvalidInput` for what can be no project's name."""
    if len(text) > limits.NAME_CHARACTERS_MAX or not _NAME.fullmatch(text.lower()):
        raise InvalidInput("that is no project name", advice="names have letters, digits, and - between them")
    return ProjectName(text.lower())


def name_pattern(text: str) -> str:
    """A name in which `*` stands for any characters, in normal form. Raises `InvalidInput`."""
    if len(text) > limits.NAME_CHARACTERS_MAX or not _PATTERN.fullmatch(text.lower()):
        raise InvalidInput("that is no project name, with or without *")
    return text.lower()


def version(text: str) -> Version | None:
    """A version: numbers with dots, of which zeros at the end say nothing; None for what is none."""
    if not _VERSION.fullmatch(text):
        return None
    numbers = [int(number) for number in text.split(".")]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    return Version(VersionText(".".join(map(str, numbers))), tuple(numbers), preview=False)


def at_least(text: str) -> Range:
    """A range, written `>=2.1`. Raises `InvalidInput`."""
    least = version(text.removeprefix(">="))
    if not text.startswith(">=") or least is None:
        raise InvalidInput(f"{{quoted(text)}} is no range", advice="ranges are written >=2.1")
    return lambda one: bool(one.key >= least.key)


def file(filename: str, project: ProjectName) -> ParsedFile:
    """A file name of a project taken apart. Raises `InvalidInput` for the name of another's file, or of none."""
    found = _FILE.fullmatch(filename) if len(filename) <= limits.FILENAME_CHARACTERS_MAX else None
    read = version(found["version"]) if found is not None and found["name"] == project else None
    if read is None:
        raise InvalidInput(f"{{quoted(filename)}} is no file of {{project}}")
    return ParsedFile(read.text, _ARCHIVE)


def projects(filename: str) -> tuple[ProjectName, ...]:
    """The projects that a file with this name may belong to."""
    found = _FILE.fullmatch(filename) if len(filename) <= limits.FILENAME_CHARACTERS_MAX else None
    return () if found is None else (ProjectName(found["name"]),)


def check_metadata(content: bytes, artifact: Artifact) -> None:
    """Raises `InvalidInput`: files have no metadata here yet."""
    del content
    raise InvalidInput(f"nobody knows here what the metadata of {{artifact.file}} are")


def runs_on(required: str | None, runtime: str) -> bool:
    """Whether a file that requires this of its runtime works on that one: nothing is required here yet."""
    del required, runtime
    return True


def runtime(user_agent: str) -> str:
    """The version of the runtime a client works for: none says so here yet."""
    del user_agent
    return ""


def read(body: bytes, content_type: str, url: str, project: ProjectName) -> Listing:
    """A listing out of a page. What cannot be read of it costs that one file, which is named. Raises `InvalidInput`."""
    del content_type, url
    try:
        page = msgspec.json.decode(body, type=_Page)
    except msgspec.DecodeError as error:
        raise InvalidInput(f"the page of {{project}} cannot be read: {{error}}") from error
    files, rejected = [], []
    for told in page.files:
        filename = told.url.rpartition("/")[2]
        try:
            parsed = file(filename, project)
        except InvalidInput as error:
            rejected.append(Rejected(filename, str(error)))
            continue
        files.append(ListedFile(filename, told.url, parsed.version, parsed.kind, Digest(told.digest)))
    return Listing(project, tuple(files), rejected=tuple(rejected))


def write(listing: Listing) -> tuple[bytes, str]:
    """A listing as a page, and the type of its content."""
    return msgspec.json.encode(_Page([_File(file.url, file.digest or "") for file in listing.files])), ACCEPT


ECOSYSTEM: Final = Ecosystem(
    kind=ArtifactKind.{constant},
    namespaces=False,
    packed=_ARCHIVE,
    sources="",
    name=name,
    name_pattern=name_pattern,
    version=version,
    range=at_least,
    file=file,
    projects=projects,
    check_metadata=check_metadata,
    runs_on=runs_on,
    runtime=runtime,
    accept=ACCEPT,
    read=read,
    write=write,
)
'''

_TEST: Final = '''"""The world of {id} packages: how it writes names, versions, files and pages."""

import json

import pytest

from pratique.ecosystems import ECOSYSTEMS
from pratique.errors import InvalidInput
from pratique.model.artifact import Ecosystem as ArtifactKind
from pratique.model.artifact import ProjectName

HERE = ECOSYSTEMS[ArtifactKind.{constant}]
DEMO = ProjectName("demo")


def test_two_spellings_of_one_name_or_version_are_one() -> None:
    assert HERE.name("Demo") == DEMO
    one, other, later = (HERE.version(text) for text in ("1.0", "01", "1.0.1"))
    assert one is not None
    assert other is not None
    assert later is not None
    assert one == other
    assert one.key < later.key
    assert HERE.version("one") is None
    assert HERE.range(">=1.0.1")(later)
    assert not HERE.range(">=1.0.1")(one)


def test_a_page_is_read_into_values_and_costs_no_more_than_the_file_that_is_odd() -> None:
    files = [{{"url": f"https://index.example/{{name}}", "digest": f"sha256:{{0:064}}"}} for name in ("demo-1.0.tar.gz", "odd")]
    listing = HERE.read(json.dumps({{"files": files}}).encode(), HERE.accept, "https://index.example/demo", DEMO)
    assert [(file.filename, file.version) for file in listing.files] == [("demo-1.0.tar.gz", "1")]
    assert [rejected.filename for rejected in listing.rejected] == ["odd"]
    assert HERE.projects("demo-1.0.tar.gz") == (DEMO,)
    assert HERE.read(*HERE.write(listing), "https://index.example/demo", DEMO).files == listing.files


@pytest.mark.parametrize("wrong", ["", "demo", "../demo-1.0.tar.gz", "other-1.0.tar.gz", "demo-one.tar.gz"])
def test_what_is_no_file_of_a_project_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidInput):
        HERE.file(wrong, DEMO)
'''


def write(root: Path, name: str) -> list[Path]:
    """Write an ecosystem called `name` (its type in package URLs), its tests, and its word among the kinds of artifacts.

    Raises `SystemExit` for a name that is taken or cannot be used.
    """
    module = module_name(name)
    words = {"id": name, "constant": module.upper()}
    folder = root / PACKAGE / "ecosystems" / module
    written = write_new(
        {
            folder / "__init__.py": _ABOUT.format(**words),
            folder / "ecosystem.py": _CODE.format(**words),
            root / f"tests/ecosystems/test_{module}.py": _TEST.format(**words),
        },
    )
    kinds = insert_after(root / PACKAGE / "model/artifact.py", '    PYPI = "pypi"', f'    {module.upper()} = "{name}"')
    return [*written, kinds]
