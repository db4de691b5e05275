"""Whether releases are attested as those before them were: by date, in their own line, and by the same publisher."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from pratique.ecosystems import ECOSYSTEMS
from pratique.facts.continuity import LAPSE, attested_before, by_presence, compared
from pratique.facts.questions.provenance import Break, Continuity, Provenance
from pratique.model.artifact import Ecosystem, VersionText
from pratique.model.evidence import Unknown
from pratique.model.listing import ListedFile
from pratique.model.provenance import Identity, Signer

READ = ECOSYSTEMS[Ecosystem.PYPI].version
START = datetime(2025, 1, 1, tzinfo=UTC)
URL = "https://index.example/provenance"


def file(version: str, day: float, *, attested: bool, kind: str = "wheel") -> ListedFile:
    name = f"calc-{version}-{kind}"
    moment = START + timedelta(days=day)
    return ListedFile(name, URL, VersionText(version), kind, upload_time=moment, provenance=URL if attested else "")


def told(*files: ListedFile) -> list[str]:
    """Of each file a letter: attested, never attested, broken (in capitals: other files of its release are attested)."""
    letters = []
    for answer in by_presence(files, attests=True, read=READ):
        assert isinstance(answer, Provenance)
        match answer.continuity:
            case Continuity.CONTINUOUS:
                letters.append("a")
            case Continuity.NEVER_ATTESTED:
                letters.append("n")
            case Continuity.BROKEN:
                letters.append("B" if answer.breaks == (Break.PARTIAL,) else "b")
    return letters


@pytest.mark.parametrize(
    ("releases", "expected"),
    [
        ("1.0 0 n, 1.1 1 n", "nn"),
        ("1.0 0 n, 1.1 1 a", "na"),
        ("1.0 0 a, 1.1 1 a", "aa"),
        ("1.0 0 a, 1.1 1 n", "ab"),
        ("1.1 1 n, 1.0 0 a", "ba"),
        ("1.0 0 a, 1.1 1 n, 1.2 2 n", "abb"),
        ("1.0 0 a, 1.1 1 n, 1.2 40 n", "abn"),
        ("1.0 0 a, 1.1 1 n, 1.2 2 a, 1.3 40 n", "abab"),
        ("1.0 0 a, 2.0 1 n", "ab"),
        ("1.0 0 n, 2.0 1 a, 1.1 2 n", "nan"),
        ("1.0 0 n, 2.0 1 a, 1.1 2 n, 2.1 3 n", "nanb"),
        ("1.0 0 a, 1.1rc1 1 n, 1.1 2 a", "aba"),
        ("1.0 0 n, 1.1rc1 1 a, 1.1 2 n", "nan"),
        ("1.0 0 a, weird 1 n", "ab"),
    ],
)
def test_a_release_is_held_against_the_one_before_it_in_its_line(releases: str, expected: str) -> None:
    files = []
    for each in releases.split(", "):
        version, day, state = each.split()
        files.append(file(version, float(day), attested=state == "a"))
    assert "".join(told(*files)) == expected


def test_a_lapse_is_counted_from_the_first_release_without() -> None:
    days = LAPSE.days
    files = [file("1.0", 0, attested=True), file("1.1", 1, attested=False)]
    assert told(*files, file("1.2", days, attested=False)) == ["a", "b", "b"]
    assert told(*files, file("1.2", days + 1, attested=False)) == ["a", "b", "n"]
    again = [*files, file("1.2", days - 1, attested=False), file("1.3", days + 1, attested=False)]
    assert told(*again) == ["a", "b", "b", "n"]


def test_one_file_without_beside_others_with() -> None:
    files = [file("1.0", 0, attested=True), file("1.0", 0, attested=False, kind="sdist")]
    assert told(*files) == ["a", "B"]
    assert told(file("0.9", -1, attested=True), *files) == ["a", "a", "B"]


def test_silence_of_the_index_is_not_absence() -> None:
    files = [file("1.0", 0, attested=True)]
    (answer,) = by_presence(files, attests=False, read=READ)
    assert isinstance(answer, Unknown)
    (undated,) = by_presence([replace(files[0], upload_time=None)], attests=True, read=READ)
    assert isinstance(undated, Unknown)


def test_a_file_is_held_against_one_of_its_kind_in_the_last_attested_release_before_it() -> None:
    first = [file("1.0", 0, attested=True), file("1.0", 0, attested=True, kind="sdist")]
    middle = [file("1.1", 1, attested=False), file("2.0", 1, attested=True)]
    last = [file("1.2", 2, attested=True, kind="sdist"), file("1.2", 2, attested=True, kind="other")]
    files = [*first, *middle, *last]
    assert attested_before(files, last[0], READ) == first[1]
    assert attested_before(files, last[1], READ) == first[1]
    assert attested_before(files, first[0], READ) is None
    assert attested_before([file("0.1", -1, attested=False), *first], first[0], READ) is None


USUAL = Identity(
    kind=Signer.GITHUB,
    repository="ann/calc",
    repository_id="1",
    owner_id="2",
    workflow=".github/workflows/release.yml",
    ref="refs/tags/v1.0",
    trigger="release",
    runner="github-hosted",
)
NEXT = replace(USUAL, ref="refs/tags/v1.1")


@pytest.mark.parametrize(
    ("now", "breaks"),
    [
        (NEXT, ()),
        (replace(NEXT, repository="new/name"), (Break.RENAMED,)),
        (replace(NEXT, repository_id="9"), (Break.REPOSITORY,)),
        (replace(NEXT, owner_id="9"), (Break.OWNER,)),
        (replace(NEXT, repository="eve/calc", repository_id="9", owner_id="9"), (Break.OWNER, Break.REPOSITORY)),
        (replace(NEXT, workflow=".github/workflows/other.yml"), (Break.WORKFLOW,)),
        (replace(NEXT, ref="refs/heads/main"), (Break.REF,)),
        (replace(NEXT, ref="refs/tags/v1.0"), (Break.REF,)),
        (replace(NEXT, trigger="workflow_dispatch"), (Break.TRIGGER,)),
        (replace(NEXT, runner="self-hosted"), (Break.RUNNER,)),
        (replace(NEXT, kind=Signer.GITLAB), (Break.PUBLISHER,)),
        (replace(NEXT, kind=Signer.GITLAB, repository_id="", owner_id=""), (Break.PUBLISHER,)),
        (replace(NEXT, repository_id="", repository="eve/calc"), (Break.REPOSITORY,)),
        (replace(NEXT, repository_id=""), ()),
    ],
)
def test_what_is_other_with_the_publisher(now: Identity, breaks: tuple[Break, ...]) -> None:
    assert compared([now], [USUAL], "1.1", "1.0") == breaks


def test_a_project_that_publishes_from_a_branch_may_go_on() -> None:
    branch = replace(USUAL, ref="refs/heads/main")
    assert compared([branch], [branch], "1.1", "1.0") == ()
    assert compared([NEXT], [branch], "1.1", "1.0") == ()
    bare = replace(USUAL, ref="refs/tags/release-7")
    assert compared([replace(bare, ref="refs/tags/release-8")], [bare], "1.1", "1.0") == ()


def test_an_account_is_held_against_the_account() -> None:
    robot = Identity(kind=Signer.GOOGLE, account="robot@project.example")
    assert compared([robot], [robot], "1.1", "1.0") == ()
    assert compared([replace(robot, account="eve@project.example")], [robot], "1.1", "1.0") == (Break.PUBLISHER,)
    assert compared([NEXT, replace(NEXT, owner_id="9")], [USUAL], "1.1", "1.0") == (Break.OWNER,)
