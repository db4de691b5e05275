"""What was seen in files, in the words a person needs: what, where, why, when it would run, and the way out."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from pratique.facts.looked import Looked, Noticed, Outcome
from pratique.facts.scan.observation import Context
from pratique.model.evidence import Alarm, Confidence, Severity, Unknown
from pratique.model.text import clean
from pratique.render.refusal import STATE

_WIDTH: Final = 80
_INDENT: Final = 9
_ID_COLUMN: Final = 64
_SHOWN_MAX: Final = 8
_UNREAD_SHOWN_MAX: Final = 3
_ADVICE_MAX: Final = 2
_UNREAD: Final = "Take another file, or have somebody read this one: what was not read is not clean."

WHEN: Final[Mapping[Context, str]] = {
    Context.PTH: "at every start of Python, whatever is run",
    Context.SITECUSTOMIZE: "at every start of Python, whatever is run",
    Context.SETUP_TOP: "when it is built, or asked for its metadata",
    Context.CMDCLASS: "when it is built or installed",
    Context.BUILD_BACKEND: "when it is built",
    Context.NPM_LIFECYCLE: "when it is installed",
    Context.GYP: "when it is installed, before it is built",
    Context.R_CONFIGURE: "when it is installed",
    Context.R_ONLOAD: "when the package is loaded",
    Context.INIT_TOP: "when the package is imported",
    Context.MODULE_TOP: "when the module is imported",
    Context.MAIN_GUARD: "when the module is run as a program",
    Context.FUNCTION: "when somebody calls the function",
    Context.NOTEBOOK_CELL: "when the cell is run",
    Context.SHELL: "when the script is run",
    Context.POWERSHELL: "when the script is run",
    Context.LOAD: "when the file is loaded",
    Context.WORKFLOW: "when the workflow runs",
    Context.AGENT_CONFIG: "when the folder is opened in an editor, or by an agent",
    Context.TEST: "when tests are run",
    Context.DOCS: "when somebody follows the documentation",
}
"""When code of each context runs."""


@dataclass(frozen=True, slots=True)
class Telling:
    """How findings are told. `advice` has a sentence for each rule that says what to do; `whole` tells also what is no alarm."""

    advice: Mapping[str, str]
    whole: bool = False


def sentence(looked: Sequence[Looked], *, what: str = "files") -> str:
    """The sum of it: `312 files looked into: 1 malicious, 2 suspicious, 309 clean, 0 could not be read`.

    `what` is what artifacts are called: `files`, `packages of .venv`.
    """
    count = Counter(each.outcome for each in looked)
    first, _, more = what.partition(" ")
    called = f"{first.removesuffix('s') if len(looked) == 1 else first} {more}".rstrip()
    return (
        f"{len(looked)} {clean(called)} looked into: {count[Outcome.MALICIOUS]} malicious,"
        f" {count[Outcome.SUSPICIOUS]} suspicious, {count[Outcome.CLEAN]} clean, {count[Outcome.UNKNOWN]} could not be read"
    )


def terminal(looked: Sequence[Looked], telling: Telling, *, what: str = "files", notes: Sequence[str] = ()) -> str:
    """The sum, then what is not clean, the worst first, then what was left out. One artifact alone is told in any case."""
    worst_first = sorted(looked, key=lambda each: (-each.outcome, each.path))
    parts = [sentence(looked, what=what)]
    parts += ["\n".join(artifact(each, telling)) for each in worst_first if len(looked) == 1 or _is_told(each, telling)]
    remarks = sum(_is_remark(noticed) for each in looked for noticed in each.noticed)
    ends = [f"{clean(note)}." for note in notes]
    if remarks and not telling.whole:
        ends.append(f"{_count(remarks, 'remark')} of little weight: --all shows them.")
    if any(each.outcome is not Outcome.CLEAN for each in looked):
        ends.append(STATE)
    return "\n\n".join([*parts, "\n".join(ends)] if ends else parts)


def artifact(looked: Looked, telling: Telling) -> Iterator[str]:
    """One artifact: its verdict, its findings, what of it was not read."""
    yield f"{looked.outcome.word:<11}{clean(looked.path)}"
    noticed = [each for each in looked.noticed if telling.whole or not _is_remark(each)]
    for each in noticed[: None if telling.whole else _SHOWN_MAX]:
        yield from finding(looked, each)
    if len(noticed) > _SHOWN_MAX and not telling.whole:
        yield f"  and    {len(noticed) - _SHOWN_MAX} more: --all shows them"
    yield from _not_read(looked)
    worrying = list(dict.fromkeys(each.finding.rule for each in noticed if each.alarm and not each.accepted))
    for rule in worrying[:_ADVICE_MAX]:
        if telling.advice.get(rule):
            yield from said("do", telling.advice[rule])
    if looked.outcome is Outcome.UNKNOWN:
        yield from said("do", _UNREAD)
    if noticed:
        rules = worrying or [noticed[0].finding.rule]
        yield f"  {'more':<{_INDENT - 2}}pratique explain {rules[0]}"
        yield f"{'':{_INDENT}}pratique scan --why {noticed[0].id}"
    if not noticed and looked.outcome is Outcome.CLEAN:
        yield from said("read", coverage(looked))


def finding(looked: Looked, noticed: Noticed) -> Iterator[str]:
    """One finding: where, its line, why, and when it would run."""
    found = noticed.finding
    yield f"  at     {place(looked, noticed):<{_ID_COLUMN - _INDENT}} {noticed.id}"
    if found.code:
        yield f"{'':{_INDENT}}{_cut(found.code)}"
    yield from said("why", f"{found.rule}: {found.message}")
    if found.context in WHEN:
        yield from said("when", WHEN[Context(found.context)])
    if noticed.accepted:
        yield from said("but", noticed.accepted)


def place(looked: Looked, noticed: Noticed) -> str:
    """Where a finding is, so that an editor can be led there if it is a file of the disk."""
    found = noticed.finding
    whole = found.path in ("", looked.path.rpartition("/")[2])
    path = clean(found.path)
    if looked.folder:
        path = clean(looked.folder if whole else f"{looked.folder.rstrip('/')}/{found.path}".removeprefix("./"))
    elif whole and not found.line:
        path = "all of it"
    return f"{path}:{found.line}" if found.line else path


def coverage(looked: Looked) -> str:
    """How much of an artifact was read."""
    if isinstance(looked.scan, Unknown):
        return "nothing"
    read = looked.scan.coverage
    kinds = ", ".join(f"{count} as {kind}" for kind, count in read.read.items())
    return f"{kinds or 'nothing'}; {_count(read.other, 'file')} of kinds that no rule looks at"


def told(looked: Looked) -> dict[str, object]:
    """The JSON form of an artifact."""
    scan = looked.scan
    return {
        **line(looked),
        "findings": [finding_told(each) for each in looked.noticed],
        "coverage": None if isinstance(scan, Unknown) else msgspec.to_builtins(scan.coverage),
        "confinement": [] if isinstance(scan, Unknown) else list(scan.confinement),
    }


def line(looked: Looked) -> dict[str, object]:
    """The short JSON form: `rules` are those that found something, `why` says why an artifact is unknown."""
    unknown = looked.outcome is Outcome.UNKNOWN
    return {
        "path": looked.path,
        "verdict": looked.outcome.word,
        "score": looked.score,
        "rules": sorted({each.finding.rule for each in looked.noticed}),
        "cpu_ms": 0 if isinstance(looked.scan, Unknown) else looked.scan.cpu_ms,
        "digest": looked.digest,
        **({"why": "; ".join(_reasons(looked))} if unknown else {}),
    }


def finding_told(noticed: Noticed) -> dict[str, object]:
    """The JSON form of a finding."""
    found = noticed.finding
    return {
        "id": noticed.id,
        "rule": found.rule,
        "severity": Severity(found.severity).name.lower(),
        "confidence": Confidence(found.confidence).name.lower(),
        "alarm": Alarm(noticed.alarm).name.lower(),
        "path": found.path,
        "line": found.line,
        "message": found.message,
        "context": found.context,
        "code": found.code,
        "digest": noticed.digest,
        **({"accepted": noticed.accepted} if noticed.accepted else {}),
    }


def said(key: str, text: str) -> Iterator[str]:
    """A key and its text, wrapped under itself."""
    wrapped = textwrap.wrap(_safe(text), _WIDTH - _INDENT, break_on_hyphens=False)
    first, *rest = wrapped or [""]
    yield f"  {key:<{_INDENT - 2}}{first}"
    yield from (" " * _INDENT + each for each in rest)


def _not_read(looked: Looked) -> Iterator[str]:
    for number, why in enumerate(_reasons(looked)):
        if number == _UNREAD_SHOWN_MAX:
            yield f"{'':{_INDENT}}..."
            return
        yield from said("unread" if not number else "", why)


def _reasons(looked: Looked) -> list[str]:
    """Why an artifact, or a part of it, was not read."""
    if isinstance(looked.scan, Unknown):
        return [looked.scan.why]
    seen = looked.scan.coverage
    named = [f"{each.path}: {each.why}" for each in seen.unread]
    more = seen.unread_count - len(named)
    if more > 0:
        named.append(f"and {_count(more, 'file')} more")
    if not named and not seen.files_read and not seen.other:
        named.append("there is no file in it")
    return named


def _is_told(looked: Looked, telling: Telling) -> bool:
    accepted = any(each.accepted for each in looked.noticed)
    return telling.whole or accepted or looked.outcome is not Outcome.CLEAN


def _is_remark(noticed: Noticed) -> bool:
    return noticed.alarm is Alarm.NONE


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _cut(code: str) -> str:
    room = _WIDTH - _INDENT
    shown = _safe(code)
    return shown if len(shown) <= room else f"{shown[: room - 1]}…"


def _safe(text: str) -> str:
    """Somebody else's words on one line, none of them longer than is shown."""
    return " ".join(filter(None, map(clean, text.split())))
