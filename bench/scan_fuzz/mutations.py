"""Files made of files: spliced, flipped, cut, repeated, nested in one another's texts, and called something else."""

import base64
import json
import re
from collections.abc import Callable, Sequence
from random import Random  # noqa: TID251 - whoever calls gives it its seed
from typing import Final

from bench.scan_fuzz.seeds import File
from tests.facts.languages import notebook_writer, pickle_writer, rdata_writer

SIZE_MAX: Final = 256 * 1024
_REPEATED_MAX: Final = 3_000
_ROUNDS_MAX: Final = 5
_PATHS_TEXT: Final = """setup.py demo/__init__.py demo/a.py a.pth sitecustomize.py demo/a.js package/index.js a.ts a.tsx demo/a.sh
    configure .envrc demo/a.ps1 a.psm1 demo/a.bat a.cmd R/a.R .Rprofile a.Rmd a.qmd a.Rnw demo/a.rds a.rda a.pkl a.pt a.npy a.bin
    a.h5 a.keras a.gguf a.joblib a.ipynb package.json package/package.json binding.gyp a.gypi .vscode/tasks.json
    .vscode/settings.json .claude/settings.json .github/workflows/a.yml .git/config .gitmodules pyproject.toml setup.cfg
    CLAUDE.md .cursorrules Makefile a.csproj demo-1.0.dist-info/METADATA demo-1.0.dist-info/entry_points.txt PKG-INFO a.so
    a.pyc __pycache__/a.cpython-311.pyc a noname.txt"""
_PATHS: Final = tuple(_PATHS_TEXT.split())
_SIGNS: Final = r"""( ) [ ] { } < > " ' ` \ / $ % ! ^ & | ; : , . # @ ~ * ? = + - $( ${ $(( `$ '@ <# #> /* */ <!-- {{ }} {% %% !!
    ''' f'{ \x41 \u0041 \101 %41 &#65; 0x 1e999 -1 999999999999 0777 1_0 =>( &a *a {"a": ]] %>% && || !!python/object"""
_ODD: Final = (
    *_SIGNS.split(),
    *" \n\t\r\0\f\u2028\u202e\ufeff\ufffd\U000e0041",
    *("\r\n", "\x1b[2J", "<<A\n", "@'\n", '@"\n', '"""', "[a]\n", "a = 1\n", "```{r}\n", "<<>>=\n", "@\n", "- ", "? "),
    *(f" {word} " for word in ("if", "for", "in", "do", "else", "lambda", "exec", "eval", "function", "call", "goto")),
)
_BYTES: Final = (
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xc0\x80",
    b"\x80\x04",
    b"PK\3\4",
    b"\x1f\x8b",
)
_NUMBER: Final = re.compile(rb"\d+")
_QUOTED: Final = re.compile(rb"'[^'\n]*'|\"[^\"\n]*\"")

Mutation = Callable[[File, Sequence[File], Random], File]


def mutated(files: Sequence[File], chance: Random) -> File:
    """One of the files after some mutations, each with what the others give."""
    file = chance.choice(files)
    for _ in range(chance.randint(1, _ROUNDS_MAX)):
        file = chance.choice(_MUTATIONS)(file, files, chance)
        file = File(file.path, file.data[:SIZE_MAX])
    return file


def _span(data: bytes, chance: Random) -> tuple[int, int]:
    start = chance.randint(0, len(data))
    return start, min(len(data), start + int(chance.expovariate(1 / 40)) + 1)


def _spliced(file: File, files: Sequence[File], chance: Random) -> File:
    other = chance.choice(files).data
    front, back = chance.randint(0, len(file.data)), chance.randint(0, len(other))
    return File(file.path, file.data[:front] + other[back:])


def _inserted(file: File, files: Sequence[File], chance: Random) -> File:
    other = chance.choice(files).data
    start, end = _span(other, chance)
    at = chance.randint(0, len(file.data))
    return File(file.path, file.data[:at] + other[start:end] + file.data[at:])


def _flipped(file: File, files: Sequence[File], chance: Random) -> File:
    del files
    data = bytearray(file.data)
    for _ in range(min(len(data), chance.randint(1, 8))):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return File(file.path, bytes(data))


def _cut(file: File, files: Sequence[File], chance: Random) -> File:
    del files
    if chance.random() < 0.5:  # noqa: PLR2004 - as often as not
        return File(file.path, file.data[: chance.randint(0, len(file.data))])
    start, end = _span(file.data, chance)
    return File(file.path, file.data[:start] + file.data[end:])


def _repeated(file: File, files: Sequence[File], chance: Random) -> File:
    del files
    start, end = _span(file.data, chance)
    times = chance.randint(2, _REPEATED_MAX) if chance.random() < 0.2 else chance.randint(2, 20)  # noqa: PLR2004 - seldom
    return File(file.path, file.data[:end] + file.data[start:end] * times + file.data[end:])


def _odd(file: File, files: Sequence[File], chance: Random) -> File:
    del files
    at = chance.randint(0, len(file.data))
    odd = chance.choice(_BYTES) if chance.random() < 0.1 else chance.choice(_ODD).encode("utf-8")  # noqa: PLR2004 - seldom
    times = chance.choice((1, 1, 1, 2, 3, 9, 130, _REPEATED_MAX))
    return File(file.path, file.data[:at] + odd * times + file.data[at:])


def _numbered(file: File, files: Sequence[File], chance: Random) -> File:
    """A number that is another: zero, below zero, or far too large."""
    del files
    places = list(_NUMBER.finditer(file.data))
    if not places:
        return file
    place = chance.choice(places)
    new = chance.choice((b"0", b"-1", b"1e999", b"255", b"65536", b"4294967295", b"9" * 30, b"9" * 5_000))
    return File(file.path, file.data[: place.start()] + new + file.data[place.end() :])


def _shuffled(file: File, files: Sequence[File], chance: Random) -> File:
    del files
    lines = file.data.split(b"\n")
    chance.shuffle(lines)
    return File(file.path, b"\n".join(lines))


def _renamed(file: File, files: Sequence[File], chance: Random) -> File:
    path = chance.choice(files).path if chance.random() < 0.5 else f"demo-1.0/{chance.choice(_PATHS)}"  # noqa: PLR2004 - as often as not
    return File(path, file.data)


def _nested(file: File, files: Sequence[File], chance: Random) -> File:
    """A file in a text of another language."""
    del files
    path, wrap = chance.choice(_WRAPPERS)
    return File(path, wrap(file.text))


def _planted(file: File, files: Sequence[File], chance: Random) -> File:
    """A file as one of the texts of another."""
    other = chance.choice(files)
    places = list(_QUOTED.finditer(other.data))
    if not places:
        return file
    place = chance.choice(places)
    return File(other.path, other.data[: place.start()] + json.dumps(file.text).encode() + other.data[place.end() :])


_MUTATIONS: Final[tuple[Mutation, ...]] = (
    _spliced,
    _inserted,
    _flipped,
    _cut,
    _repeated,
    _odd,
    _odd,
    _numbered,
    _shuffled,
    _renamed,
    _nested,
    _planted,
)


def _base64(text: str, encoding: str = "utf-8") -> str:
    return base64.b64encode(text.encode(encoding, errors="replace")).decode()


def _pickled(text: str) -> bytes:
    return pickle_writer.whole(pickle_writer.call(pickle_writer.name("builtins", "exec"), pickle_writer.text(text)))


def _promised(text: str) -> bytes:
    r = rdata_writer
    return r.stream(r.row(r.promise(r.call(r.symbol("system"), r.texts(text)))))


_WRAPPERS: Final[tuple[tuple[str, Callable[[str], bytes]], ...]] = (
    ("demo-1.0/setup.py", lambda text: f"exec({text!r})\n".encode(errors="replace")),
    ("demo-1.0/setup.py", lambda text: f"import os\nos.system({text!r})\n".encode(errors="replace")),
    ("demo/__init__.py", lambda text: f"import base64\nexec(base64.b64decode({_base64(text)!r}))\n".encode()),
    ("demo.pth", lambda text: f"import os; exec({text!r})\n".encode(errors="replace")),
    ("package/index.js", lambda text: f"eval({json.dumps(text)})\n".encode()),
    ("package/index.js", lambda text: f"eval(atob('{_base64(text)}'))\n".encode()),
    ("package/index.js", lambda text: f"require('child_process').exec({json.dumps(text)})\n".encode()),
    ("demo/a.sh", lambda text: f'eval "$(echo {_base64(text)} | base64 -d)"\n'.encode()),
    ("demo/a.sh", lambda text: f"python3 - <<'A'\n{text}\nA\n".encode()),
    ("demo/a.sh", lambda text: f"sh -c {json.dumps(text)}\n".encode()),
    ("demo/a.ps1", lambda text: f"iex {json.dumps(text)}\n".encode()),
    ("demo/a.ps1", lambda text: f"powershell -enc {_base64(text, 'utf-16-le')}\n".encode()),
    ("demo/a.bat", lambda text: f'powershell -Command "{text}"\r\n'.encode()),
    ("demo/R/a.R", lambda text: f"eval(parse(text = {json.dumps(text)}))\n".encode()),
    ("demo/a.Rmd", lambda text: f"```{{r}}\nsystem({json.dumps(text)})\n```\n```{{bash}}\n{text}\n```\n".encode()),
    ("demo/a.rds", _promised),
    ("demo/a.pkl", _pickled),
    ("demo/a.ipynb", lambda text: notebook_writer.notebook(text, f"%%bash\n{text}", f"%%html\n{text}")),
    (
        "package/package.json",
        lambda text: json.dumps({"name": "demo", "scripts": {"postinstall": text, "test": "true"}}).encode(),
    ),
    (
        "demo/.vscode/tasks.json",
        lambda text: json.dumps({"tasks": [{"command": text, "runOptions": {"runOn": "folderOpen"}}]}).encode(),
    ),
    ("demo/.git/config", lambda text: f'[core]\n\tfsmonitor = "{text}"\n'.encode()),
    ("package/binding.gyp", lambda text: f'{{"targets": [{{"sources": ["<!({text})"]}}]}}\n'.encode()),
    ("demo-1.0/CLAUDE.md", lambda text: f"# a\n<!-- {text} -->\n```sh\n{text}\n```\n".encode()),
)
