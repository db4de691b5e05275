"""How a release of a scenario is packed: what its file is called, and, once somebody needs them, its bytes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from pratique.model.scenario import Kind
from pratique.simulators.generated import Generated, bytes_of
from pratique.simulators.parts import Parts
from pratique.simulators.wheels import npm_tarball, sdist, tarball, wheel

PACKS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.PYPI: ("wheel", "sdist"),
    Kind.NPM: ("npm",),
    Kind.SCRIPT: ("files", "tar"),
}
"""How releases of each kind are packed, the usual way first."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The files of a release before they are packed: texts by their paths, and what is generated beside them."""

    texts: Mapping[str, str]
    generated: Sequence[Generated]
    parts: Parts

    def files(self) -> dict[str, str | bytes]:
        """All of them."""
        return {**self.texts, **{each.path: bytes_of(each, self.parts) for each in self.generated}}

    def paths(self) -> Iterator[str]:
        """Their paths, in the order of `files`."""
        yield from self.texts
        yield from (each.path for each in self.generated)


def packed(
    pack: str, project: str, version: str, contents: Contents, *, requires: Sequence[str] = (), build: str = ""
) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """The file of a release, or each of its files where it is not packed: its name, and what makes its bytes once."""
    files = cache(contents.files)
    module = project.replace("-", "_")
    match pack:
        case "wheel":
            stem = "-".join(filter(None, (module, version, build)))
            made = cache(lambda: wheel(project, version, files() or None, requires=requires, build=build)[1])
            yield f"{stem}-py3-none-any.whl", made
        case "sdist":
            yield f"{module}-{version}.tar.gz", cache(lambda: sdist(project, version, files(), requires=requires)[1])
        case "npm":
            yield npm_filename(project, version), cache(lambda: npm_tarball(project, version, files())[1])
        case "tar":
            filename = f"{project}_{version}.tar.gz"
            yield filename, cache(lambda: tarball(filename, project, files())[1])
        case _:
            for path in contents.paths():
                yield path, lambda path=path: _as_bytes(files()[path])  # type: ignore[misc]  # mypy cannot infer a lambda with a default


def past_release(kind: Kind, project: str, count: int) -> tuple[str, str, Callable[[], bytes]]:
    """One of the calm releases that a project had before: its version, its file's name, and what makes its bytes."""
    if kind is Kind.PYPI:
        version = f"0.{count}"
        return version, f"{project.replace('-', '_')}-{version}-py3-none-any.whl", lambda: wheel(project, version)[1]
    version = f"0.{count}.0"
    files = {"package.json": f'{{"name": "{project}", "version": "{version}"}}\n'}
    return version, npm_filename(project, version), lambda: npm_tarball(project, version, files)[1]


def npm_filename(project: str, version: str) -> str:
    """What npm calls the file of a release; the scope stands elsewhere."""
    return f"{project.rpartition('/')[2]}-{version}.tgz"


def _as_bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data
