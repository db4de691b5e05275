"""What the model looks at: words for what was observed, where it runs and what flows into it. Each is there or not.

A word is readable: `proc.shell at installation`, `net.send < read.env_all on import`, `rule download-and-run`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.observation import BY_ITSELF, Context, How, Observation
from pratique.model.evidence import Confidence, Finding, Severity

_LOADED: Final = frozenset({Context.INIT_TOP, Context.MODULE_TOP, Context.R_ONLOAD, Context.LOAD, Context.MAIN_GUARD})
_PYTHON: Final = (".whl", ".egg", ".tar.gz", ".tar.bz2", ".tar.xz", ".zip")
_SMALL_BYTES: Final = 4_000
_SIZES_KB: Final = (20, 100, 500, 2_000, 10_000)
_HIDDEN: Final = frozenset({"proc", "net", "code", "read", "harm", "write"})


def features(
    filename: str, sizes: Mapping[str, int], files: Iterable[FileView], findings: Iterable[Finding]
) -> set[str]:
    """The words for an artifact, of which the model knows some."""
    found: set[str] = set()
    for view in files:
        for seen in view.observations:
            found.update(_of(seen))
    found.update(f"rule {each.rule}{_grade(each)}" for each in findings if each.severity >= Severity.LOW)
    found.update(_package(filename, sizes))
    return found


def _when(seen: Observation) -> str:
    if seen.context in BY_ITSELF:
        return "at installation"
    if seen.context in _LOADED:
        return "on import"
    return "aside" if seen.aside() else "when called"


def _of(seen: Observation) -> Iterator[str]:
    when = _when(seen)
    if when == "aside":
        return  # tests and documents weigh nothing; rules look at them all the same
    yield f"{seen.label} {when}"
    family = seen.label.partition(".")[0]
    for label in seen.inputs:
        if not label.startswith("py."):
            yield f"{family} < {label} {when}"
    if seen.how >= How.RESOLVED and family in _HIDDEN:
        yield f"hidden {family} {when}" if seen.how is How.RESOLVED else f"decoded {family} {when}"


def _grade(finding: Finding) -> str:
    if finding.severity >= Severity.CRITICAL and finding.confidence >= Confidence.HIGH:
        return ", sure"
    return ", likely" if finding.severity >= Severity.HIGH else ", possibly"


def _package(filename: str, sizes: Mapping[str, int]) -> Iterator[str]:
    code = sum(size for path, size in sizes.items() if path.endswith((".py", ".js", ".cjs", ".mjs", ".ts", ".r", ".R")))
    if not filename.endswith(_PYTHON):
        return  # of other worlds nothing was learnt about size
    if code < _SMALL_BYTES:
        yield "hardly any code"
    yield from (f"more than {size} kB of code" for size in _SIZES_KB if code > size * 1_000)
    if not filename.endswith((".whl", ".egg")):
        yield "built from source"
    if len(sizes) > 40:  # noqa: PLR2004 - what a project with tests and documents has
        yield "many files"
