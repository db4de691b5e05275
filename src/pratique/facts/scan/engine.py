"""An artifact through views and rules, within limits. What could not be looked at is counted and named: silence is not clean."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Final, TypeAlias

import msgspec

from pratique.ecosystems.archive import Member
from pratique.errors import InvalidInput, LimitExceeded, OutOfTime
from pratique.facts.scan import artifact
from pratique.facts.scan import profile as profiles
from pratique.facts.scan.artifact import ArtifactView, FileView
from pratique.facts.scan.content import Content, Reader, Reading
from pratique.facts.scan.entered import Entry, entered
from pratique.facts.scan.features import features
from pratique.facts.scan.indicators import Packs, shipped, yara_strings
from pratique.facts.scan.judge import model
from pratique.facts.scan.languages import LANGUAGES
from pratique.facts.scan.languages.language import Language
from pratique.facts.scan.languages.python.source import searchable
from pratique.facts.scan.lexicon import Found, Lexicon
from pratique.facts.scan.observation import BY_ITSELF, Context, Observation
from pratique.facts.scan.places import context_of
from pratique.facts.scan.read_before import Read, ReadBefore, key_of
from pratique.facts.scan.rule import Place, Rule, Seen, Whole, nothing
from pratique.facts.scan.rules import RULES
from pratique.facts.scan.sources import rules_digest
from pratique.facts.severity import alarm
from pratique.model import limits
from pratique.model.evidence import Alarm, Coverage, Finding, Scan, Unread
from pratique.model.text import clean

Timer: TypeAlias = Callable[[float], AbstractContextManager[None]]
"""Gives a block of code so many seconds and raises `OutOfTime` in it when they are over."""

_SEEN: Final = tuple((rule, rule.looks_at) for rule in RULES if isinstance(rule.looks_at, Seen))
_WHOLE: Final = tuple((rule, rule.looks_at) for rule in RULES if isinstance(rule.looks_at, Whole))
_WANTS: Final = tuple(looks.wants for _, looks in _WHOLE if looks.wants is not nothing)
_BEGINS: Final = tuple(looks.begin for _, looks in _WHOLE if looks.begin is not nothing)
_WHEEL: Final = (".whl", ".egg")
_CODEC: Final = re.compile(
    rb"codecs\s*\.\s*register\b|\bfrom\s+codecs\s+import\b[^;=]{0,1000}?\bregister\b|\bimport\s[^;\n]{0,1000}?\bcodecs\s+as\b"
)
"""How a module gets at what makes encodings of its own."""
_STEM: Final = re.compile(r"(.+?)-([0-9]+(?:[.!][^-]*)?)(?:-.*)?")
_NO_SUFFIX_BYTES_MAX: Final = 256 * 1024
_HEAD_BYTES: Final = 256
_SHIPPED: Final = shipped()


def lexicon(packs: Packs = _SHIPPED) -> Lexicon:
    """The patterns, with the words of every language and the indicators of packs; compiled once in a process."""
    return _lexicon(packs)


@cache
def _lexicon(packs: Packs) -> Lexicon:
    return Lexicon({each.id: each.words for each in LANGUAGES.values()}, yara_strings(packs))


def untimed(seconds: float) -> AbstractContextManager[None]:
    """For callers that are stopped from outside, or trust what they look at."""
    del seconds
    return nullcontext()


def scan(filename: str, members: Iterable[Member], *, timer: Timer = untimed, packs: Packs = _SHIPPED) -> Scan:
    """Look at the files of an artifact, for what rules and packs of indicators know.

    Raises what `members` raises: an archive that breaks off half-way, or can be read in two ways, is no clean archive.
    """
    return look(filename, members, timer=timer, packs=packs).report()


def look(
    filename: str,
    members: Iterable[Member],
    *,
    timer: Timer = untimed,
    packs: Packs = _SHIPPED,
    record: bytes = b"",
) -> "Look":
    """The same, with everything that was observed; files that the record of an earlier look has are not read again.

    Raises the same.
    """
    looking = Look(filename, timer, packs, ReadBefore.of(record, rules_digest(packs)))
    for member in members:
        looking.member(member)
    looking.whole()
    return looking


@dataclass(slots=True)
class Look:
    """One look into one artifact."""

    filename: str
    timer: Timer
    packs: Packs
    before: ReadBefore
    findings: list[Finding] = field(default_factory=list)
    files: dict[str, FileView] = field(default_factory=dict)
    read: Counter[str] = field(default_factory=Counter)
    other: int = 0
    unread: list[Unread] = field(default_factory=list)
    unread_count: int = 0
    sizes: dict[str, int] = field(default_factory=dict)
    texts: dict[str, bytes] = field(default_factory=dict)
    texts_bytes: int = 0
    heads: dict[str, bytes] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    overruns: Counter[str] = field(default_factory=Counter)
    makes_codec: bool = False
    strange: list[str] = field(default_factory=list)
    leads: dict[str, tuple[str, ...]] = field(default_factory=dict)
    scripts: dict[str, bytes] = field(default_factory=dict)
    calm: frozenset[str] = frozenset()
    profile: tuple[str, ...] = ()
    _named: tuple[str, str] = ("", "")

    def __post_init__(self) -> None:
        self._named = _named(self.filename)

    @property
    def wheel(self) -> bool:
        """Whether nothing of it is run to install it."""
        return self.filename.endswith(_WHEEL)

    def member(self, member: Member) -> None:
        """Look at one file."""
        twice = member.path in self.sizes
        self.sizes[member.path] = member.size
        language = _claimed(member.path)
        wanted = profiles.wants(member.path) or any(wants(member.path) for wants in _WANTS)
        by_head = 0 < member.size <= _by_head_bytes_max(member.path)
        if language is None and not wanted and not by_head:
            self.other += 1
            self._begin(member)
            return
        if twice:
            self._unread(member.path, "it is there twice")
            return
        if member.link:
            self._link(member)
            return
        try:
            data = member.read()
        except LimitExceeded as error:
            self._unread(member.path, str(error))
            return
        if self.packs.hashes:
            self.digests[member.path] = hashlib.sha256(data).hexdigest()
        kept = self._keep(member.path, data) if wanted else False
        if any(begins(member.path) for begins in _BEGINS):
            self.heads[member.path] = data[:_HEAD_BYTES]
        languages = _claimed_by_head(language, member.path, data[:_HEAD_BYTES])
        read_as = [each.id for each in languages if self._code(each, member.path, data)]
        if kept == wanted and (read_as or kept):
            self.read[read_as[0] if read_as else artifact.KIND] += 1
        if not languages and not wanted:
            self.other += 1

    def whole(self) -> None:
        """Look at the artifact, now that all of it has been seen."""
        for path in self.strange:
            if self.makes_codec:
                self._unread(path, "its encoding is none of Python's, and the archive brings encodings of its own")
            else:
                self.other += 1
        for path, entry in entered(self.files, self.leads, self.sizes).items():
            self._again(path, entry)
        project, version = self._named
        view = ArtifactView(
            project,
            self.wheel,
            self.sizes,
            self.texts,
            self.files,
            version,
            self.heads,
            self.filename,
            self.digests,
            self.packs,
        )
        for rule, looks in _WHOLE:
            self._apply(rule, lambda looks=looks: looks.detect(view), self.filename, b"")  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        pointed_at = {finding.path for finding in self.findings}
        self.calm = profiles.calm(self.sizes, pointed_at)
        self.profile = profiles.profile(view, pointed_at)

    def report(self) -> Scan:
        """What was seen, of how much."""
        kept, dropped = worst_of(self.findings)
        coverage = Coverage(dict(sorted(self.read.items())), self.other, tuple(self.unread), self.unread_count)
        judgement = model().judge(self.features(), alone=all(alarm(finding) is Alarm.NONE for finding in self.findings))
        return Scan(kept, coverage, rules_digest(self.packs), dropped, judgement=judgement, profile=self.profile)

    def features(self) -> set[str]:
        """What the model looks at."""
        files = (view for path, view in self.files.items() if path not in self.calm)
        return features(self.filename, self.sizes, files, self.findings)

    def _code(self, language: Language, path: str, data: bytes) -> bool:
        """A file of a language: looked over for words, and read by its view if it is worth that. Whether that could be done."""
        self.makes_codec = self.makes_codec or (b"codecs" in data and _CODEC.search(data) is not None)
        try:
            text = searchable(data) if language.id == "python" else data
        except LookupError:
            self.strange.append(path)
            return False
        except InvalidInput as error:
            self._unread(path, str(error))
            return False
        first = Content(path, language.id, data, self._context(path))
        key = key_of(first, wheel=self.wheel)
        reading = Reading(path)
        known = self.before.find(key)
        if known is None:
            done, leads = self._look_over(language, first, text, reading), language.leads(data)
            if done and not reading.problems:
                bare = tuple(msgspec.structs.replace(each, path="") for each in reading.observations)
                self.before.keep(key, Read(bare, leads))
        else:
            done, leads = True, known.leads
            reading.observations += [msgspec.structs.replace(each, path=path) for each in known.observations]
        self.leads[path] = leads
        for why in reading.problems:
            self._unread(path, why)
        self.judge(reading, data)
        return done

    def _look_over(self, language: Language, first: Content, text: bytes, reading: Reading) -> bool:
        """Look a file over for words, and let the views read it where it is worth that; whether it could be read whole."""
        found = lexicon(self.packs).look(text, language.id)
        if language.text:
            self._marks(found, first, text, reading)
        words = found.groups | found.labels | {mark.label for mark in found.marks}
        bundled = self.wheel and len(first.data) > limits.SCAN_BUNDLE_BYTES_MIN
        worth = language.worth_in_wheel if bundled and language.worth_in_wheel is not None else language.worth
        context = first.context
        if not (context in BY_ITSELF or (context is Context.INIT_TOP and words) or worth(words)):
            return True
        try:
            with self.timer(limits.SCAN_FILE_SECONDS_MAX):
                _views(language, first, reading, lexicon(self.packs))
        except (LimitExceeded, OutOfTime) as error:
            reading.problem(str(error))
            return False
        except InvalidInput as error:
            self._never(first.path, str(error))
            return False
        return True

    def _context(self, path: str) -> Context:
        return context_of(path.lower(), wheel=self.wheel, project=self._named[0])

    def judge(self, reading: Reading, data: bytes) -> None:
        """Let the rules look at what was observed in one file."""
        if not reading.observations:
            return
        if len(data) <= limits.SCAN_KEPT_BYTES_MAX and len(self.scripts) < limits.SCAN_KEPT_MAX:
            self.scripts[reading.path] = data
        before = self.files.get(reading.path)
        view = FileView.of(reading.path, reading.observations)
        self.files[reading.path] = (
            view if before is None else FileView.of(reading.path, [*before.observations, *view.observations])
        )
        for rule, looks in _SEEN:
            if view.has(*looks.labels):
                self._apply(rule, lambda looks=looks: looks.detect(view), reading.path, data)  # type: ignore[misc]  # the same

    def _again(self, path: str, entry: Entry) -> None:
        """Judge a file anew that runs earlier than its path says."""
        before = self.files.get(path)
        if before is None or (view := entry.of(before)).observations == before.observations:
            return
        self.files[path] = view
        self.findings = [each for each in self.findings if each.path != path]
        for rule, looks in _SEEN:
            if view.has(*looks.labels):
                self._apply(rule, lambda looks=looks: looks.detect(view), path, self.scripts.get(path, b""))  # type: ignore[misc]  # the same

    def _marks(self, found: Found, content: Content, text: bytes, reading: Reading) -> None:
        """Tell of the marks in a file; `text` is what was looked over."""
        for mark in found.marks:
            line = text.count(b"\n", 0, mark.offset) + 1
            shown = clean(b" ".join(mark.text.split())[:80].decode("utf-8", errors="replace"))
            reading.add(Observation(mark.label, content.path, line, content.context, content.language, text=shown))

    def _never(self, path: str, why: str) -> None:
        """A text that its language's view cannot read. The script that an installer starts is never passed over."""
        if why != NEVER_RUNS:
            self._unread(path, why)
        elif self._context(path) is Context.SETUP_TOP:
            self._unread(path, "not readable as Python 3")
        elif self.wheel and "py2-" in self.filename:
            self._unread(path, "not readable as Python 3, and the wheel is for Python 2")
        else:
            self.other += 1

    def _apply(self, rule: Rule, detect: Callable[[], Iterator[Place]], path: str, data: bytes) -> None:
        """Let one rule look, within its time for one file. After a few files that took longer it looks at no more."""
        if self.overruns[rule.id] >= limits.SCAN_RULE_OVERRUNS_MAX:
            self._unread(path, f"the rule {rule.id} has used up its time")
            return
        found: list[Place] = []
        try:
            with self.timer(limits.SCAN_RULE_SECONDS_MAX):
                found.extend(detect())
        except OutOfTime:
            self.overruns[rule.id] += 1
            self._unread(path, f"the rule {rule.id} had no time to finish")
        except RecursionError:
            self._unread(path, f"nested too deeply for the rule {rule.id}")
        lines = data.split(b"\n") if found else []
        self.findings += [_finding(rule, place, path, lines) for place in found]

    def _keep(self, path: str, data: bytes) -> bool:
        """Keep a file for the rules that look at the artifact as a whole, where there is room for it."""
        self.texts_bytes += len(data)
        if self.texts_bytes > limits.SCAN_TEXTS_BYTES_MAX:
            self._unread(path, f"files of its kind have more than {limits.SCAN_TEXTS_BYTES_MAX} bytes")
            return False
        self.texts[path] = data
        return True

    def _begin(self, member: Member) -> None:
        """Keep how a file begins that is looked at for nothing else, where a rule asks for that and it can be had."""
        if not member.link and any(begins(member.path) for begins in _BEGINS):
            with suppress(LimitExceeded):
                self.heads[member.path] = member.read()[:_HEAD_BYTES]

    def _link(self, member: Member) -> None:
        """A second name for a file. What it leads to is looked at by its own name, if a rule looks at such names."""
        own, other = _claimed(member.path), _claimed(member.link)
        if own is not None and own is other:
            self.other += 1
        else:
            self._unread(member.path, "a link to a file that is looked at in another way")

    def _unread(self, path: str, why: str) -> None:
        self.unread_count += 1
        if len(self.unread) < limits.SCAN_UNREAD_NAMED_MAX:
            self.unread.append(Unread(path, why))


NEVER_RUNS: Final = "no Python 3 can run it"
"""What the view of Python says of a text that no version of it can run."""


def _views(language: Language, first: Content, reading: Reading, known: Lexicon) -> None:
    """A file, and then every text inside it, each by the view of its language. Raises what the first one raises.

    A text inside that cannot be read is one that was taken for code and is none, unless it goes beyond a limit.
    """
    _view(language, first, reading, known)
    while reading.waiting:
        inner = reading.waiting.popleft()
        view = LANGUAGES.get(inner.language)
        if view is None:
            continue
        try:
            _view(view, inner, reading, known)
        except LimitExceeded as error:
            reading.problem(str(error))
        except InvalidInput:
            continue


def _view(language: Language, content: Content, reading: Reading, known: Lexicon) -> None:
    try:
        language.read(content, Reader(content, reading, known))
    except RecursionError as error:
        raise LimitExceeded("nested too deeply to be followed") from error


def _claimed(path: str, head: bytes = b"") -> Language | None:
    lower = path.lower()
    return next((each for each in LANGUAGES.values() if each.claims(lower, head)), None)


def _claimed_by_head(language: Language | None, path: str, head: bytes) -> list[Language]:
    """The languages of a file now that its first bytes are known: the one of its path, and those that go by its bytes."""
    lower = path.lower()
    if language is None or not language.claims(lower, head):
        language = _claimed(path, head)
    return [
        each for each in LANGUAGES.values() if each is language or (each.perhaps(lower) and each.claims(lower, head))
    ]


def _named(filename: str) -> tuple[str, str]:
    """Project, in normal form, and version, as they stand in the name of a file; what has none is a project by itself."""
    found = _STEM.fullmatch(re.sub(r"\.(?:tar\.\w+|t[gbx]z|zip|whl|egg|conda)$", "", filename))
    project, version = (found[1], found[2]) if found is not None else (filename, "")
    return re.sub(r"[-_.]+", "-", project).lower(), version


def _by_head_bytes_max(path: str) -> int:
    """Up to which size a file is opened to see by its first bytes whether it is of a language."""
    lower = path.lower()
    if any(each.perhaps(lower) for each in LANGUAGES.values()):
        return limits.ARCHIVE_MEMBER_BYTES_MAX
    return _NO_SUFFIX_BYTES_MAX if "." not in lower.rpartition("/")[2] else 0


def _finding(rule: Rule, place: Place, path: str, lines: list[bytes]) -> Finding:
    return Finding(
        rule.id,
        rule.severity if place.severity is None else place.severity,
        rule.confidence if place.confidence is None else place.confidence,
        place.path or path,
        place.line,
        place.message,
        str(place.context or ""),
        "" if place.path else _shown(lines, place.line),
    )


def _shown(lines: list[bytes], number: int) -> str:
    """One line of a file, cleaned and cut."""
    if not 0 < number <= len(lines):
        return ""
    return clean(lines[number - 1][: limits.SCAN_SEEN_CHARACTERS_MAX * 4].decode("utf-8", errors="replace"))


def worst_of(findings: list[Finding]) -> tuple[tuple[Finding, ...], int]:
    """As many findings as are kept, and how many are not: the worst, and at least one of each severity and confidence.

    So whatever follows from the severity and confidence of one finding follows from those that are kept.
    """
    if len(findings) <= limits.SCAN_FINDINGS_MAX:
        return tuple(findings), 0
    first: dict[tuple[int, int], int] = {}
    for place, finding in enumerate(findings):
        first.setdefault((finding.severity, finding.confidence), place)
    order = sorted(
        range(len(findings)), key=lambda place: (-findings[place].severity, -findings[place].confidence, place)
    )
    must = set(first.values())
    others = (place for place in order if place not in must)
    kept = must | set(islice(others, limits.SCAN_FINDINGS_MAX - len(must)))
    return tuple(findings[place] for place in order if place in kept), len(findings) - len(kept)
