"""A function that runs code is reached by a computed name."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_DANGEROUS = frozenset(
    {"exec", "eval", "compile", "system", "popen", "loads", "Popen", "run", "call", "check_output", "__import__"}
    | {"child_process", "execSync", "execFile", "execFileSync", "spawn", "spawnSync", "fork", "runInThisContext"}
)
_PYTHON = ("builtins.exec", "builtins.eval", "builtins.compile", "os.system", "os.popen", "marshal")
_JAVASCRIPT = ("eval", "child_process.", "require.child_process", "vm.")


def detect(view: FileView) -> Iterator[Place]:
    """Calls of exec, eval, shells and their like through names that are put together."""
    for seen in view.each("code.reflected_builtin"):
        if not seen.aside() and seen.text.rpartition(".")[2] in _DANGEROUS:
            yield at(
                seen,
                f"reaches {seen.text} by a computed name",
                severity=None if seen.text.startswith((*_PYTHON, *_JAVASCRIPT)) else Severity.MEDIUM,
            )


RULE = Rule("reflected-builtin", Severity.HIGH, Confidence.MEDIUM, Seen(("code.reflected_builtin",), detect))
