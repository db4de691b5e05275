"""What the fuzzer begins with: the inert examples of tests and rule pages, and small files of the kinds that are no text."""

import pickle
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pratique
from pratique.simulators.wheels import metadata
from tests.facts.languages import notebook_writer, pickle_writer, rdata_writer

_ROOT: Final = Path(__file__).resolve().parent.parent.parent
_EXAMPLES: Final = _ROOT / "tests/facts/examples"
_PAGES: Final = Path(pratique.__file__).resolve().parent / "facts/scan/rules"
_FENCE: Final = re.compile(r'^```(\w+) title="([^"]+)"[^\n]*\n(.*?)^```$', re.DOTALL | re.MULTILINE)
_AT: Final = re.compile(r"\| at: (\S+) \|")


@dataclass(frozen=True, slots=True)
class File:
    """A file and where it stands in an artifact."""

    path: str
    data: bytes

    @property
    def text(self) -> str:
        """Its bytes as text, whatever they are."""
        return self.data.decode("utf-8", errors="replace")


def seeds() -> list[File]:
    """Every file that mutations begin with, in the same order each time."""
    return [*_examples(), *_fences(), *_binaries()]


def _examples() -> list[File]:
    found = []
    for path in sorted(each for each in _EXAMPLES.glob("*/*") if each.is_file()):
        data = path.read_bytes()
        at = _AT.search(data.split(b"\n", 1)[0].decode())
        found.append(File(at[1] if at else f"demo-1.0/tools/{path.name}", data))
    return found


def _fences() -> list[File]:
    found = []
    for page in sorted(_PAGES.glob("*.md")):
        for language, path, body in _FENCE.findall(page.read_text(encoding="utf-8")):
            hexadecimal = re.sub(r"  # finding.*", "", body)
            found.append(File(path, bytes.fromhex(hexadecimal) if language == "hex" else body.encode()))
    return found


def _binaries() -> list[File]:
    call = pickle_writer.call(pickle_writer.name("os", "system"), pickle_writer.text("true"))
    stream = pickle_writer.whole(call)
    values = {"a": [1, 2.5, b"x", ("y", None)], "b": {"c": {1, 2}, "d": frozenset((3,))}, "e": [[]] * 9}
    r = rdata_writer
    code = r.call(r.symbol("system"), r.texts("true"))
    listed = r.row(r.promise(code), r.closure(r.pairs(("a", r.missing())), code), r.environment(r.pairs(("b", code))))
    cells = notebook_writer.notebook("!true\nimport os", notebook_writer.markdown("# a\n```\nb\n```\n"))
    return [
        *(File(f"demo/a{each}.pkl", pickle.dumps(values, protocol=each)) for each in range(6)),
        File("demo/c.pkl", stream),
        File("demo/c.pt", pickle_writer.torch_zip(stream)),
        File("demo/d.pt", pickle_writer.torch_legacy(stream)),
        File("demo/c.npy", pickle_writer.array(pickle_writer.OBJECTS, stream)),
        File("demo/n.npy", pickle_writer.array(pickle_writer.NUMBERS, bytes(32))),
        File("demo/j.joblib", pickle_writer.whole(pickle_writer.joblib_array(4, call))),
        *(File(f"demo/a{form}.rds", r.stream(listed, form=form)) for form in "XAB"),
        *(File(f"demo/{name}.rda", pack(r.stream(listed, workspace=True))) for name, pack in r.PACKERS.items()),
        File("demo/a.rds", r.stream(r.row(r.compiled(r.code_call(r.symbol("f"), code), "f"), r.compact(1, 9)))),
        File("demo/a.ipynb", cells),
        File("demo/old.ipynb", notebook_writer.old_notebook(notebook_writer.old_code("%%bash\ntrue\n"))),
        File("demo-1.0.dist-info/METADATA", metadata("demo", "1.0", requires=["other"])),
        File("demo-1.0.dist-info/entry_points.txt", b"[console_scripts]\npip = demo:main\n"),
    ]
