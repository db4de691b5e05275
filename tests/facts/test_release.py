"""What a page says of its files: the history of uploads above all, whichever way the page is sorted."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pratique.facts.advisories.matching import Matched
from pratique.facts.names.judge import SHIPPED
from pratique.facts.questions import QUESTIONS
from pratique.facts.questions.advisories import ADVISORIES
from pratique.facts.questions.hashes import HASHES, Hashes
from pratique.facts.questions.listing import LISTING, Listing, ListingState
from pratique.facts.questions.origin import ORIGIN, Origin
from pratique.facts.questions.provenance import PROVENANCE
from pratique.facts.questions.upload import SILENCE, UPLOAD, Silence, Upload
from pratique.facts.release import NO_LONGER_LISTED, Candidate, observe
from pratique.model.artifact import Artifact, Digest, Ecosystem, ProjectName, VersionText
from pratique.model.evidence import Level, Unknown
from pratique.model.listing import ListedFile
from pratique.model.sight import Remembered

START = datetime(2020, 1, 1, tzinfo=UTC)
DEMO = ProjectName("demo")
V1 = VersionText("1.0")
DAY = timedelta(days=1)
ONE, TWO = (Digest("sha256:" + digit * 64) for digit in "12")


def line(
    filename: str, upload_time: datetime | None = START, *, yanked: bool | str = False, digest: Digest | None = ONE
) -> ListedFile:
    """A file on a page."""
    url = f"https://index.example/{filename}"
    return ListedFile(filename, url, V1, "sdist", digest, upload_time=upload_time, yanked=yanked)


def seen(filename: str, digest: Digest = ONE) -> Remembered:
    """A file as it was first seen."""
    return Remembered(filename, V1, digest, f"/{filename}", START)


def observed(
    *lines: ListedFile,
    quarantined: str | None = None,
    first: Remembered | None = None,
    advised: Matched | Unknown = ADVISORIES.unanswered,
) -> dict[str, Candidate]:
    remembered = {} if first is None else {first.filename: first}
    found = observe(
        lines,
        [],
        ecosystem=Ecosystem.PYPI,
        project=DEMO,
        index="public",
        quarantined=quarantined,
        remembered=remembered,
        advised=advised,
        names=SHIPPED,
        attested=[PROVENANCE.unanswered] * len(lines),
    )
    return {candidate.artifact.file: candidate for candidate in found}


def uploads(*days: int) -> list[Upload]:
    lines = [line(f"demo-{number}.zip", START + day * DAY) for number, day in enumerate(days)]
    found = [UPLOAD.of(candidate.evidence) for candidate in observed(*lines).values()]
    return [upload for upload in found if isinstance(upload, Upload)]


def test_whatever_comes_after_a_silence_comes_after_it() -> None:
    first, woken, next_day, much_later = uploads(0, 900, 901, 980)
    assert first == Upload(START, START)
    silence = Silence(START, START + 900 * DAY)
    assert [one.silence for one in (woken, next_day, much_later)] == [silence] * 3
    assert uploads(0, 900, 1000)[2].silence == Silence(START + 900 * DAY, START + 1000 * DAY)


def test_ninety_days_are_a_silence_and_many_shorter_pauses_are_none() -> None:
    assert uploads(0, 90)[1].silence is not None
    assert [upload.silence for upload in uploads(0, 89, 178, 267, 356)] == [None] * 5


@given(st.lists(st.integers(0, 2000), max_size=12), st.randoms(use_true_random=False))
def test_the_last_silence_is_found_in_whatever_order_the_files_are_listed(days: list[int], random: object) -> None:
    random.shuffle(days)  # type: ignore[attr-defined]  # hypothesis gives random.Random
    times = sorted(START + day * DAY for day in days)
    pauses = [(before, at) for before, at in itertools.pairwise(times) if at - before >= SILENCE]
    for upload in uploads(*days):
        ended = [Silence(before, at) for before, at in pauses if at <= upload.at]
        assert upload.silence == (ended[-1] if ended else None)
        assert upload.project_since == times[0]


def test_the_ends_of_the_calendar_are_dates_like_others() -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    found = observed(line("a.zip", last), line("b.zip", first))
    assert UPLOAD.of(found["a.zip"].evidence) == Upload(last, first, Silence(first, last))


def test_a_file_without_an_upload_time_leaves_the_others_their_history() -> None:
    found = observed(line("a.zip", None), line("b.zip"))
    assert (UPLOAD.of(found["a.zip"].evidence), UPLOAD.of(found["b.zip"].evidence)) == (
        UPLOAD.unanswered,
        Upload(START, START),
    )


@pytest.mark.parametrize(
    ("yanked", "quarantined", "listing"),
    [
        (False, None, Listing(ListingState.LISTED)),
        (True, None, Listing(ListingState.YANKED)),
        ("broken", None, Listing(ListingState.YANKED, "broken")),
        (False, "under review", Listing(ListingState.QUARANTINED, "under review")),
        ("broken", "", Listing(ListingState.QUARANTINED)),
    ],
)
def test_how_a_file_is_listed(*, yanked: bool | str, quarantined: str | None, listing: Listing) -> None:
    found = observed(line("a.zip", yanked=yanked), quarantined=quarantined)["a.zip"].evidence
    assert (LISTING.of(found), ORIGIN.of(found)) == (listing, Origin("public"))


def test_a_digest_stands_beside_the_one_that_is_remembered() -> None:
    found = observed(line("a.zip"), line("b.zip", digest=None), first=seen("a.zip", TWO))
    assert (HASHES.of(found["a.zip"].evidence), HASHES.of(found["b.zip"].evidence)) == (Hashes(ONE, TWO), Hashes(None))


def test_what_is_gone_is_still_known() -> None:
    gone = [seen("a.zip")]
    (found,) = observe(
        (),
        gone,
        ecosystem=Ecosystem.PYPI,
        project=DEMO,
        index="public",
        quarantined=None,
        remembered={"a.zip": seen("a.zip")},
        advised=ADVISORIES.unanswered,
        names=SHIPPED,
        attested=(),
    )
    assert found.artifact == Artifact(Ecosystem.PYPI, DEMO, V1, "a.zip", digest=ONE)
    assert UPLOAD.of(found.evidence) == NO_LONGER_LISTED
    listing = LISTING.of(found.evidence)
    assert isinstance(listing, Listing)
    assert listing.state is ListingState.VANISHED
    assert HASHES.of(found.evidence) == Hashes(None, ONE)


def test_what_is_asked_of_a_project_or_a_release_is_answered_once_for_all_its_files() -> None:
    found = observed(line("a.zip"), line("b.zip"), replace(line("c.zip"), version=VersionText("2.0")))
    for question in QUESTIONS:
        answers = [question.of(each.evidence) for each in found.values()]
        if question.level is Level.PROJECT:
            assert all(answer is answers[0] for answer in answers)
        if question.level is Level.RELEASE:
            assert answers[0] is answers[1]
