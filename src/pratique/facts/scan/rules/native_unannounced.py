"""A native library in a wheel that says it has none, loaded by its path."""

from collections.abc import Iterator
from typing import Final

from pratique.facts.scan.artifact import ArtifactView
from pratique.facts.scan.observation import Observation
from pratique.facts.scan.rule import Place, Rule, Whole, nothing
from pratique.model.evidence import Confidence, Severity

_PURE: Final = "-none-any.whl"
"""Of a wheel for every machine (PEP 425)."""
_NATIVE: Final = (".dll", ".so", ".dylib", ".pyd")


def detect(view: ArtifactView) -> Iterator[Place]:
    """Libraries among the files of such a wheel, and what its code does with them."""
    if not view.filename.endswith(_PURE):
        return
    loads = [seen for file in view.files.values() for seen in file.each("code.native_by_path") if not seen.aside()]
    for path in sorted(view.paths):
        name = path.rpartition("/")[2]
        if name.lower().endswith(_NATIVE):
            seen = _loading(name, loads)
            if seen is None:
                yield Place(1, "is a native library in a wheel that says it has none", path)
            else:
                yield Place(
                    1,
                    f"is loaded by its path ({seen.path}, line {seen.line}), in a wheel that says it has none",
                    path,
                    seen.context,
                    Severity.HIGH if seen.on_load() else None,
                )


def _loading(name: str, loads: list[Observation]) -> Observation | None:
    about = [seen for seen in loads if name in seen.text]
    return max(about, key=lambda seen: seen.on_load(), default=None)


RULE = Rule("native-unannounced", Severity.LOW, Confidence.MEDIUM, Whole(nothing, detect))
