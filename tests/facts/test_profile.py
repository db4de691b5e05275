"""The words by which releases are compared: each once, in order, so many at most."""

import pytest

from pratique.facts.scan.artifact import ArtifactView, FileView
from pratique.facts.scan.observation import Context, Observation
from pratique.facts.scan.profile import profile, wants
from pratique.model import limits


def words(
    *seen: tuple[str, Context], sizes: dict[str, int] | None = None, texts: dict[str, bytes] | None = None
) -> tuple[str, ...]:
    observations = [
        Observation(label, "a.py", line, context, "python") for line, (label, context) in enumerate(seen, 1)
    ]
    return profile(ArtifactView("demo", True, sizes or {}, texts or {}, {"a.py": FileView.of("a.py", observations)}))


@pytest.mark.parametrize(
    ("context", "when"),
    [
        (Context.PTH, "at interpreter start"),
        (Context.SITECUSTOMIZE, "at interpreter start"),
        (Context.SETUP_TOP, "at installation"),
        (Context.CMDCLASS, "at installation"),
        (Context.INIT_TOP, "on import"),
        (Context.LOAD, "on import"),
        (Context.FUNCTION, "when called"),
        (Context.SHELL, "when called"),
    ],
)
def test_an_ability_is_said_with_when_it_is_used(context: Context, when: str) -> None:
    assert words(("net.http", context)) == (f"net.http {when}",)


def test_each_is_said_once_and_tests_say_nothing() -> None:
    assert words(("net.http", Context.FUNCTION), ("net.http", Context.FUNCTION), ("proc.shell", Context.TEST)) == (
        "net.http when called",
    )
    assert words(("ioc.host", Context.FUNCTION)) == ()


def test_what_a_package_is_and_needs_is_said() -> None:
    sizes = {"demo/a.cpython-311-x86_64-linux-gnu.so": 1, "demo/b.so.1.2": 1, "x.pth": 1, "demo/y.pth": 1}
    texts = {
        "demo-1.0.dist-info/METADATA": b"Name: demo\nRequires-Dist: Some_Thing (>=1)\nRequires-Dist: other; extra == 'x'\n",
        "demo-1.0.dist-info/entry_points.txt": b"[console_scripts]\ndemo = demo.cli:main\n",
    }
    assert words(sizes=sizes, texts=texts) == (
        "native code",
        "needs other",
        "needs some-thing",
        "the command demo",
    )


def test_what_does_not_fit_is_left_out_from_what_somebody_has_to_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SCAN_PROFILE_WORDS_MAX", 2)
    seen = (("net.http", Context.FUNCTION), ("proc.shell", Context.PTH), ("write.file", Context.SETUP_TOP))
    assert words(*seen) == ("proc.shell at interpreter start", "write.file at installation")


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("demo-1.0.dist-info/METADATA", True),
        ("demo-1.0.dist-info/entry_points.txt", True),
        ("demo-1.0/PKG-INFO", True),
        ("demo-1.0/demo.egg-info/PKG-INFO", True),
        ("demo-1.0/demo/data/more/METADATA", False),
        ("demo-1.0.dist-info/METADATA.txt", False),
    ],
)
def test_metadata_is_asked_for_where_it_counts(path: str, wanted: bool) -> None:  # noqa: FBT001 - a row
    assert wants(path) is wanted


def test_a_start_up_file_counts_where_a_rule_points_at_it() -> None:
    hook = Observation("net.http", "x.pth", 1, Context.PTH, "python")
    view = ArtifactView("demo", True, {"x.pth": 1}, {}, {"x.pth": FileView.of("x.pth", [hook])})
    assert profile(view) == ()
    assert profile(view, {"x.pth"}) == ("a start-up file at interpreter start", "net.http at interpreter start")
