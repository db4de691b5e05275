"""A refusal in the words a person needs: what, why, what to use instead, what to type next.

The value `Refusal` is made once from a decision; each face renders it. The one-line form goes into an HTTP/1.1 reason phrase,
the only thing pip shows, so it is printable ASCII on one line whatever a package's name or version holds.
"""

import html
import re
import textwrap
from datetime import datetime
from typing import Final

import msgspec

from pratique.model import limits
from pratique.model.artifact import VersionText
from pratique.model.decision import Decision, Remedy, Verdict
from pratique.model.scope import Mode

STATE: Final = "Nothing was installed. Nothing was run."
_WIDTH: Final = 80
_INDENT: Final = 9
_NOT_PRINTABLE: Final = re.compile(r"[^ -~]")
_NOTE = re.compile(r"[^A-Za-z0-9._+:/=-]+")
_WORDS: Final = {Verdict.ALLOW: "ok", Verdict.HOLD: "held", Verdict.DENY: "stopped"}


class Refusal(msgspec.Struct, frozen=True):
    """One decision as it is told. `purl` is the release, `file` the package URL of the very file that was judged.

    `enforced` is what followed in the scope's `mode`; `today` says in sentences where the same question would now be answered
    otherwise, for a decision that is read from the record.
    """

    id: str
    verdict: Verdict
    name: str
    version: str
    purl: str
    file: str
    rule: str
    why: str
    use: str
    use_version: VersionText | None
    do: tuple[str, ...]
    until: datetime | None
    ask: str
    scope: str
    policy: str
    enforced: Verdict = Verdict.HOLD
    mode: Mode = Mode.ENFORCE
    link: str = ""
    today: tuple[str, ...] = ()

    @classmethod
    def of(cls, decision: Decision, decision_id: str, *, link: str = "") -> "Refusal":
        """The telling of a decision: its strictest reason, with the ways out of every reason as strict."""
        reason = decision.strictest
        remedy = reason.remedy or Remedy(do=f"pratique explain {decision_id}")
        step = remedy.do if decision.verdict is not Verdict.ALLOW else ""
        return cls(
            id=decision_id,
            verdict=decision.verdict,
            name=decision.artifact.name,
            version=decision.artifact.version,
            purl=decision.artifact.purl,
            file=decision.artifact.file_purl,
            rule=reason.condition,
            why=reason.why,
            use=remedy.use,
            use_version=remedy.use_version,
            do=(step,) if step else (),
            until=remedy.until,
            ask=remedy.ask,
            scope=decision.scope.name,
            enforced=decision.enforced,
            mode=decision.mode,
            policy=decision.policy,
            link=link,
        )

    @property
    def word(self) -> str:
        """The verdict as people read it: `held` ends by itself, `stopped` does not."""
        return _WORDS[self.verdict]

    @property
    def state(self) -> str:
        """What followed."""
        if self.enforced is not Verdict.ALLOW:
            return STATE
        return (
            "It was let in." if self.verdict is Verdict.ALLOW else f"It was let in: {self.scope} is set to {self.mode}."
        )

    @property
    def subject(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}".rstrip()


def printable(text: str, limit: int = limits.REASON_PHRASE_CHARACTERS_MAX) -> str:
    """Text as an HTTP reason phrase can carry it: printable ASCII, one line, visibly shortened."""
    clean = " ".join(_NOT_PRINTABLE.sub(" ", text).split())
    return clean if len(clean) <= limit else f"{clean[: limit - 3]}..."


def phrase(refusal: Refusal) -> str:
    """The one-line form: `Pratique held litellm 1.82.8: published 6 hours ago; ... Use 1.82.6. pratique explain 7F3K2QXD`."""
    head = f"Pratique {refusal.word} {printable(refusal.subject, 60)}: "
    tail = f" {_use(refusal)} {more(refusal)}" if _use(refusal) else f" {more(refusal)}"
    room = limits.REASON_PHRASE_CHARACTERS_MAX - len(head) - len(printable(tail)) - 2
    return printable(f"{head}{printable(refusal.why, max(room, 20))}.{tail}")


def more(refusal: Refusal) -> str:
    """Where to read on: a link where this gate has a lasting address, a command where it has not."""
    return refusal.link or f"pratique explain {refusal.id}"


def yank_reason(refusal: Refusal) -> str:
    """The reason of a yank on a project page (PEP 592)."""
    return phrase(refusal)


def requires_python_note(refusal: Refusal) -> str:
    """The same for pip's `requires-python`: one specifier without white space, which no Python satisfies."""
    use = f":use-{refusal.use_version}" if refusal.use_version else ""
    text = f"Pratique-{refusal.word}:{refusal.why}{use}:{more(refusal)}"
    return "===" + _NOTE.sub("-", printable(text)).strip("-")


def sentence(refusal: Refusal) -> str:
    """Why, and the way out, in running text."""
    parts = [refusal.why, _use(refusal).rstrip("."), *refusal.do]
    if refusal.until is not None:
        parts.append(f"It opens by itself {_moment(refusal.until)}")
    if refusal.ask:
        parts.append(f"{refusal.ask} can grant a waiver")
    parts.append(f"More: {more(refusal)}")
    return ". ".join(part[:1].upper() + part[1:] for part in parts if part)


def terminal(refusal: Refusal) -> str:
    """The message on a terminal: at most nine lines of 80 columns, in a fixed order that scripts can read too."""
    head = f"{refusal.word}  {printable(refusal.subject, 60)}"
    lines = [f"{head}{refusal.id:>{max(_WIDTH - len(head), len(refusal.id) + 2)}}"]
    lines += _said("why", refusal.why, lines_max=2)
    if refusal.verdict is not Verdict.ALLOW:
        lines += _said("use", refusal.use or "no safe version yet")
    lines += [line for step in refusal.do[:1] for line in _said("do", step)]
    if refusal.until is not None:
        lines += _said("or", f"wait: it opens by itself {_moment(refusal.until)}")
    if refusal.ask:
        lines += _said("or", f"ask {refusal.ask}, who can: pratique waive {refusal.id} --reason WHY")
    end = [*_said("more", more(refusal)), f"  {refusal.state}"]
    end += [line for each in refusal.today for line in _said("today", each, lines_max=2)]
    return "\n".join([*lines[: limits.REFUSAL_LINES_MAX - 2], *end])


def document(refusal: Refusal) -> dict[str, object]:
    """The JSON form, the same in `--json`, in problem+json and wherever a program reads a refusal."""
    ways: list[dict[str, str]] = []
    if refusal.ask:
        ways.append({"label": "ask", "approver": refusal.ask})
    if refusal.until is not None:
        ways.append({"label": "wait", "opens_at": refusal.until.isoformat().replace("+00:00", "Z")})
    use = None
    if refusal.use_version:
        use = {"purl": f"{refusal.purl.rpartition('@')[0]}@{refusal.use_version}", "version": refusal.use_version}
    return {
        "id": refusal.id,
        "verdict": refusal.word,
        "subject": refusal.purl,
        "rule": {"id": refusal.rule, "policy": refusal.policy},
        "scope": refusal.scope,
        "why": refusal.why,
        "use": use,
        "use_text": refusal.use,
        "do": list(refusal.do),
        "or": ways,
        "for_agents": {
            "do_not": ["install another way", "vendor the file", "edit the configuration of the gate"],
            "then": _use(refusal) or "ask the person you work for",
        },
        "state": refusal.state,
        "more": more(refusal),
        **({"today": list(refusal.today)} if refusal.today else {}),
    }


def problem(refusal: Refusal) -> bytes:
    """The body of the HTTP refusal (RFC 9457). uv shows `title, detail`; npm shows `error`."""
    text = sentence(refusal)
    body = {
        "type": refusal.link or "about:blank",
        "title": f"Pratique {refusal.rule}",
        "status": 403,
        "detail": text,
        "error": text,
        "message": text,
        "errors": [{"status": 403, "message": text}],
        "pratique": document(refusal),
    }
    return msgspec.json.encode(body)


def page(refusal: Refusal) -> str:
    """A page about one decision: no script, one sheet of paper."""
    use = [("Use", refusal.use or "no safe version yet")] if refusal.verdict is not Verdict.ALLOW else []
    rows = [("Why", refusal.why), *use, *(("Do", step) for step in refusal.do)]
    if refusal.until is not None:
        rows.append(("Or wait", f"it opens by itself {_moment(refusal.until)}"))
    if refusal.ask:
        rows.append(("Or ask", f"{refusal.ask}, naming {refusal.id}"))
    rows += [
        ("Condition", refusal.rule),
        ("Scope", refusal.scope),
        ("Policy", refusal.policy),
        ("Decision", refusal.id),
        *(("Today", each) for each in refusal.today),
    ]
    cells = "".join(f"<dt>{html.escape(key)}</dt><dd>{html.escape(value)}</dd>" for key, value in rows)
    title = html.escape(f"{refusal.word}: {refusal.subject}")
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head>'
        f"<body><main><h1>{title}</h1><dl>{cells}</dl><p>{html.escape(refusal.state)}</p></main></body></html>\n"
    )


_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;color:#1c2733;background:#fff;margin:0}"
    "main{max-width:42rem;margin:3rem auto;padding:0 1rem}h1{font-size:1.4rem}"
    "dl{display:grid;grid-template-columns:7rem 1fr;gap:.5rem 1rem}"
    "dt{color:#5b6b7b}dd{margin:0;overflow-wrap:anywhere}"
)


def _use(refusal: Refusal) -> str:
    if refusal.use_version:
        return f"Use {refusal.use_version}."
    return f"Use {refusal.use}." if refusal.use else ""


def _moment(moment: datetime) -> str:
    return f"{moment:%a} {moment.day} {moment:%b %Y %H:%M} UTC"


def _said(key: str, text: str, *, lines_max: int = 1) -> list[str]:
    """A key and its text, wrapped under itself and visibly cut where it would take more lines than it may."""
    clean = "".join(character if character.isprintable() else " " for character in text)
    wrapped = textwrap.wrap(clean, _WIDTH - _INDENT, max_lines=lines_max, placeholder=" ...", break_long_words=True)
    first, *rest = wrapped or [""]
    return [f"  {key:<{_INDENT - 2}}{first}", *(" " * _INDENT + line for line in rest)]
