"""Ways to lead a client to another index than the gate's: by option, variable, file, lock, address and build.

The options and variables are those that the clients list in their own help, so that those of a newer client join by themselves.
"""

import itertools
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pratique.adapters.clients.options import Options

OTHER: Final = "<other>"
"""Stands for the other index, `ORIGIN` for the host and port it is on."""
ORIGIN: Final = "<origin>"
HOME: Final = "<home>"
"""Stands for the home of whoever runs the client."""
_DIGEST: Final = "0" * 64
_WHEEL: Final = f"{ORIGIN}/llmlook-9.0-py3-none-any.whl"
_PIP: Final = ("pip", "download", "--no-deps")
_COMPILE: Final = ("uv", "pip", "compile", "r.in")
_R_IN: Final = {"r.in": "llmlook\n"}
_PROJECT: Final = (
    '[project]\nname = "desklook"\nversion = "0"\nrequires-python = ">=3.11"\ndependencies = ["llmlook"]\n'
)
_INDEX: Final = f'[[tool.uv.index]]\nname = "other"\nurl = "{OTHER}"\n'
_LOCK: Final = """version = 1
requires-python = ">=3.11"
[[package]]
name = "desklook"
version = "0"
source = { virtual = "." }
dependencies = [{ name = "llmlook" }]
[[package]]
name = "llmlook"
version = "9.0"
SOURCE
WHEELS
"""
_SOURCES: Final = (
    f'source = {{ registry = "{OTHER}" }}',
    f"source = {{registry='{OTHER}'}}",
    f'source.registry = "{OTHER}"',
    f'"source" . "registry" = "{OTHER}"',
    f'[package.source]\nregistry = "{OTHER}"',
    f'[package."source"]\n"regis\\u0074ry" = """{OTHER}"""',
)
_WHEELS: Final = f'wheels = [{{ url = "{_WHEEL}", hash = "sha256:{_DIGEST}" }}]'
_PYLOCK: Final = f"""lock-version = "1.0"
created-by = "x"
[[packages]]
name = "llmlook"
version = "9.0"
wheels = [{{ name = "llmlook-9.0-py3-none-any.whl", url = "{_WHEEL}", hashes = {{ sha256 = "{_DIGEST}" }} }}]
"""
_POETRY_LOCK: Final = f"""[[package]]
name = "llmlook"
version = "9.0"
description = ""
optional = false
python-versions = "*"
groups = ["main"]
files = [{{ file = "llmlook-9.0-py3-none-any.whl", hash = "sha256:{_DIGEST}" }}]
SOURCE
[metadata]
lock-version = "2.1"
python-versions = ">=3.11"
content-hash = "{_DIGEST}"
"""
_REACHING_OUT: Final = f"""import socket, urllib.request
host, _, port = "{ORIGIN}".removeprefix("http://").partition(":")
opener = urllib.request.build_opener(urllib.request.ProxyHandler({{}}))
for reach in (lambda: socket.create_connection((host, int(port)), 5).sendall(b"GET / HTTP/1.0\\r\\n\\r\\n"),
              lambda: opener.open("{OTHER}", timeout=5)):
    try:
        reach()
    except OSError:
        pass
"""
_HIDDEN: Final = (
    "import os, subprocess, sys\n"
    "for name in list(os.environ):\n"
    "    if name.lower().endswith('_proxy') or name.startswith(('PIP_', 'UV_')):\n"
    "        del os.environ[name]\n"
    f"subprocess.run([sys.executable, '-m', 'pip', 'download', '--no-deps', '--retries=0', '-i', '{OTHER}', 'llmlook'])\n"
)
_CHOSEN: Final = {"PIP_INDEX_URL", "UV_DEFAULT_INDEX"}
"""Which index the gate stands before is the user's choice: these lead to none beside it."""


@dataclass(frozen=True, slots=True)
class Way:
    """Arguments, files (relative to the project; `../` is the home, `../env/` the environment), and variables."""

    arguments: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)


def every_way(binary: Callable[[str], str]) -> dict[str, Way]:
    """All ways by name; `binary` gives the program of a client by its name."""
    parts = (
        _pip(binary),
        _pip_files(),
        _uv(binary),
        _uv_files(),
        _locks(),
        _addresses(),
        _builds(),
        _poetry(binary),
        _pdm(binary),
        _pipx(binary),
    )
    found: dict[str, Way] = {}
    for name, way in itertools.chain(*parts):
        assert name not in found, name
        found[name] = way
    return found


def _help(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def _spelled(option: str, value: str) -> Iterator[tuple[str, ...]]:
    yield option, value
    if option.startswith("--"):
        yield (f"{option}={value}",)
    else:
        yield (f"{option}{value}",)
        yield f"-q{option[1:]}", value
        yield (f"-q{option[1:]}{value}",)


def _options_of(words: Sequence[str], helped: Sequence[str], files: Mapping[str, str]) -> Iterator[tuple[str, Way]]:
    """The other index as the value of each option that a command lists in its help; `helped` is that command."""
    for option in sorted(Options.in_help(_help(*helped, "--help")).valued):
        for spelled in _spelled(option, OTHER):
            yield f"{' '.join(words[:2])} {' '.join(spelled)}", Way((*words, *spelled), files)


def _pip(binary: Callable[[str], str]) -> Iterator[tuple[str, Way]]:
    options = Options.in_help(_help(binary("pip"), "download", "--help"))
    for option in sorted(options.valued):
        for words in _spelled(option, OTHER):
            yield f"pip {' '.join(words)}", Way((*_PIP, *words, "llmlook"))
    for option in ("--index-url", "--pypi-url", "--extra-index-url", "--find-links"):
        for end in range(len("--f"), len(option)):
            yield f"pip {option[:end]}", Way((*_PIP, option[:end], OTHER, "llmlook"))
    for option in sorted(each for each in options.valued | options.flags if each.startswith("--")):
        variable = f"PIP_{option[2:].upper().replace('-', '_')}"
        if variable not in _CHOSEN:
            yield f"pip, {variable}", Way((*_PIP, "llmlook"), {}, {variable: OTHER})
    yield "pip, isolated", Way(("pip", "--isolated", "download", "--no-deps", "-i", OTHER, "llmlook"))
    yield "pip, a proxy", Way(("pip", f"--proxy={ORIGIN}", "download", "--no-deps", "llmlook"))
    yield "pip, no proxy", Way((*_PIP, "-i", OTHER, "llmlook"), {}, {"NO_PROXY": "*", "no_proxy": "*"})
    yield "pip, its own proxy", Way((*_PIP, "llmlook"), {}, {"no_proxy": "*", "PIP_PROXY": ORIGIN})
    for verb in (("install", "--target", "t"), ("wheel",), ("index", "versions"), ("lock", "-o", "pylock.toml")):
        yield f"pip {verb[0]}", Way(("pip", *verb, "--extra-index-url", OTHER, "llmlook"))


def _pip_files() -> Iterator[tuple[str, Way]]:
    levels = {
        "a variable's": ("own.conf", {"PIP_CONFIG_FILE": "own.conf"}),
        "the user's": ("../.config/pip/pip.conf", {}),
        "the user's old": ("../.pip/pip.conf", {}),
        "the machine's": ("../xdg/pip/pip.conf", {"XDG_CONFIG_DIRS": f"{HOME}/xdg"}),
        "the environment's": ("../env/pip.conf", {}),
    }
    settings = ("index-url", "extra-index-url", "find-links", "extra_index_url", "pypi-url", "proxy")
    for (level, (path, variables)), setting in itertools.product(levels.items(), settings):
        for section in ("global", "download"):
            content = f"[{section}]\n{setting} = {ORIGIN if setting == 'proxy' else OTHER}\n"
            yield f"pip, {level} {setting} {section}", Way((*_PIP, "llmlook"), {path: content}, variables)
    lines = (
        f"--extra-index-url {OTHER}",
        f"--extra-index-url={OTHER}",
        f"--extra-i {OTHER}",
        f"-i {OTHER}",
        f"-i{OTHER}",
        f"--index-url \\\n  {OTHER}",
        f"--find-links {OTHER}",
        f"-f {OTHER}",
    )
    for line in lines:
        for options in (("-r", "r.txt"), ("-rr.txt",), ("--requirement=r.txt",), ("--req", "r.txt")):
            yield f"pip {' '.join(options)}: {line}", Way((*_PIP, *options), {"r.txt": f"{line}\nllmlook\n"})
        deep = {"r.txt": "-r a.txt\n", "a.txt": "--requirement b/b.txt\n", "b/b.txt": f"-c c.txt\nllmlook\n{line}\n"}
        yield f"pip, nested: {line}", Way((*_PIP, "-r", "r.txt"), {**deep, "b/c.txt": ""})
        constraint = {"r.txt": "-c c.txt\nllmlook\n", "c.txt": f"{line}\n"}
        yield f"pip, constraints: {line}", Way((*_PIP, "-r", "r.txt"), constraint)
        yield f"pip -c: {line}", Way((*_PIP, "-c", "c.txt", "llmlook"), {"c.txt": f"{line}\n"})
    for variable in ("PIP_REQUIREMENT", "PIP_CONSTRAINT"):
        told = {variable: "r.txt"}
        yield f"pip, a file of {variable}", Way((*_PIP, "llmlook"), {"r.txt": f"-i {OTHER}\n"}, told)


def _uv(binary: Callable[[str], str]) -> Iterator[tuple[str, Way]]:
    uv = binary("uv")
    commands = {
        "pip compile": (_COMPILE, _R_IN),
        "lock": (("uv", "lock"), {"pyproject.toml": _PROJECT}),
    }
    variables: set[str] = set()
    for command, (words, files) in commands.items():
        said = _help(uv, *command.split(), "--help")
        variables.update(re.findall(r"\[env: (UV_\w+)", said))
        for option in sorted(Options.in_help(said).valued):
            for spelled in _spelled(option, OTHER):
                yield f"uv {command} {' '.join(spelled)}", Way((*words, *spelled), files)
    for verb in ("sync", "add", "pip install", "tool install", "run", "build", "python install"):
        variables.update(re.findall(r"\[env: (UV_\w+)", _help(uv, *verb.split(), "--help")))
    variables |= {"UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_PYPY_INSTALL_MIRROR", "UV_INSTALLER_GITHUB_BASE_URL"}
    for variable in sorted(variables - _CHOSEN):
        yield f"uv, {variable}", Way(_COMPILE, _R_IN, {variable: OTHER})
    yield "uv, no proxy", Way(_COMPILE, _R_IN, {"NO_PROXY": "*", "no_proxy": "*", "UV_INDEX": OTHER})
    yield "uv, a name", Way((*_COMPILE, "--index", f"public={OTHER}"), _R_IN)
    yield "uv, added", Way(("uv", "add", "--index", OTHER, "llmlook"), {"pyproject.toml": _PROJECT})
    yield "uv, a tool", Way(("uv", "tool", "install", "--index", OTHER, "llmlook"))
    yield "uvx", Way(("uvx", "--index", OTHER, "llmlook"))
    yield "uvx, from", Way(("uvx", "--from", f"llmlook @ {_WHEEL}", "llmlook"))
    yield "uv, with", Way(("uv", "run", "--no-project", "--with", "llmlook", "--index", OTHER, "python", "-c", ""))
    more = {"r.txt": f"-i {OTHER}\nllmlook\n"}
    yield (
        "uv, with a file",
        Way(("uv", "run", "--no-project", "--with-requirements", "r.txt", "python", "-c", ""), more),
    )
    yield "uv, a mirror", Way(("uv", "python", "install", f"--mirror={ORIGIN}", "3.12"))


def _uv_files() -> Iterator[tuple[str, Way]]:
    tables = {
        "index": '[[{0}index]]\nname = "other"\nurl = "<other>"\n',
        "default": '[[{0}index]]\nurl = "<other>"\ndefault = true\n',
        "inline": '{1}index = [{{ name = "other", "url" = \'<other>\' }}]\n',
        "index-url": '{1}index-url = "<other>"\n',
        "extra": '{1}extra-index-url = ["<other>"]\n',
        "links": '{1}find-links = ["<other>"]\n',
    }
    own = {
        "the user's": ("../.config/uv/uv.toml", (), {}),
        "the machine's": ("../xdg/uv/uv.toml", (), {"XDG_CONFIG_DIRS": f"{HOME}/xdg"}),
        "a named": ("own.toml", ("--config-file", "own.toml"), {}),
        "a variable's": ("own.toml", (), {"UV_CONFIG_FILE": "own.toml"}),
        "the folder's": ("uv.toml", (), {}),
        "one above": ("../uv.toml", (), {}),
    }
    for kind, text in tables.items():
        project = {"pyproject.toml": _PROJECT}
        for level, (path, options, told) in own.items():
            yield (
                f"uv lock, {level} {kind}",
                Way(("uv", *options, "lock"), {**project, path: text.format("", "")}, told),
            )
            yield (
                f"uv compile, {level} {kind}",
                Way(("uv", *options, *_COMPILE[1:]), {**_R_IN, path: text.format("", "")}, told),
            )
        inside = _PROJECT + text.format("tool.uv.", "[tool.uv]\n")
        yield f"uv, the project's {kind}", Way(("uv", "lock"), {"pyproject.toml": inside})
        yield f"uv, --directory {kind}", Way(("uv", "--directory", "sub", "lock"), {"sub/pyproject.toml": inside})
        yield f"uv, --project {kind}", Way(("uv", "--project=sub", "lock"), {"sub/pyproject.toml": inside})
        yield f"uv, UV_PROJECT {kind}", Way(("uv", "lock"), {"sub/pyproject.toml": inside}, {"UV_PROJECT": "sub"})
        member = {"pyproject.toml": _PROJECT + '[tool.uv.workspace]\nmembers = ["m/*"]\n'}
        of_member = inside.replace("desklook", "member")
        yield f"uv, a member's {kind}", Way(("uv", "lock"), {**member, "m/a/pyproject.toml": of_member})
        block = "".join(f"# {line}\n" for line in text.format("tool.uv.", "[tool.uv]\n").splitlines())
        script = f'# /// script\n# dependencies = ["llmlook"]\n{block}# ///\n'
        yield f"uv, a script's {kind}", Way(("uv", "lock", "--script", "s.py"), {"s.py": script})
        yield f"uv, a script run {kind}", Way(("uv", "run", "s.py"), {"s.py": script})
    named = _PROJECT + _INDEX + 'explicit = true\n[tool.uv.sources]\nllmlook = { index = "other" }\n'
    yield "uv, sources", Way(("uv", "lock"), {"pyproject.toml": named})
    for line in (f"--extra-index-url {OTHER}", f"-i {OTHER}", f"--find-links={OTHER}", f"llmlook @ {_WHEEL}"):
        yield f"uv, a file: {line}", Way(_COMPILE, {"r.in": f"{line}\nllmlook\n"})
        nested = {"r.in": "-r a.txt\n", "a.txt": "-r b/b.txt\n", "b/b.txt": f"{line}\nllmlook\n"}
        yield f"uv, nested: {line}", Way(_COMPILE, nested)
        for option in ("--constraints", "--overrides", "--build-constraints"):
            yield f"uv {option}: {line}", Way((*_COMPILE, option, "c.txt"), {**_R_IN, "c.txt": f"{line}\n"})
    receipt = (
        '[tool]\nrequirements = [{ name = "llmlook" }]\nentrypoints = []\n'
        f'[tool.options]\nindex = [{{ url = "{OTHER}" }}]\n'
    )
    path = "../.local/share/uv/tools/llmlook/uv-receipt.toml"
    yield "uv, a receipt", Way(("uv", "tool", "upgrade", "llmlook"), {path: receipt})


def _locks() -> Iterator[tuple[str, Way]]:
    for number, source in enumerate(_SOURCES):
        parts = (source, _WHEELS) if "=" in source.splitlines()[0] else (_WHEELS, source)
        lock = _LOCK.replace("SOURCE", parts[0]).replace("WHEELS", parts[1])
        for verb in (("sync", "--frozen"), ("sync",), ("export", "--frozen")):
            files = {"pyproject.toml": _PROJECT, "uv.lock": lock}
            yield f"uv {' '.join(verb)}, a lock {number}", Way(("uv", *verb), files)
    yield "uv, a pylock", Way(("uv", "pip", "sync", "--target", "t", "pylock.toml"), {"pylock.toml": _PYLOCK})
    yield "pip, a pylock", Way(("pip", "install", "--target", "t", "-r", "pylock.toml"), {"pylock.toml": _PYLOCK})


def _addresses() -> Iterator[tuple[str, Way]]:
    archive = f"{ORIGIN}/llmlook-9.0.tar.gz"
    for address in (
        _WHEEL,
        archive,
        f"llmlook @ {_WHEEL}",
        f"llmlook@{archive}",
        f"git+{ORIGIN}/llmlook.git",
        f"llmlook @ git+{ORIGIN}/llmlook.git@main",
        f"LLMlook[x] @ {_WHEEL}",
    ):
        yield f"pip, {address}", Way((*_PIP, address))
        yield f"pip, a file of {address}", Way((*_PIP, "-r", "r.txt"), {"r.txt": f"{address}\n"})
        yield f"uv {address}", Way(("uv", "pip", "install", "--target", "t", address))
        yield f"uv, a file of {address}", Way(_COMPILE, {"r.in": f"{address}\n"})
    for table in (f'{{ url = "{_WHEEL}" }}', f'{{ git = "{ORIGIN}/llmlook.git" }}'):
        project = {"pyproject.toml": f"{_PROJECT}[tool.uv.sources]\nllmlook = {table}\n"}
        yield f"uv, sources {table}", Way(("uv", "lock"), project)
    dependency = _PROJECT.replace('"llmlook"', f'"llmlook @ {_WHEEL}"')
    yield "uv, a dependency", Way(("uv", "lock"), {"pyproject.toml": dependency})
    yield "pip, a dependency", Way(("pip", "install", "--target", "t", "."), {"pyproject.toml": dependency})


def _builds() -> Iterator[tuple[str, Way]]:
    required = f'[build-system]\nrequires = ["llmlook @ {_WHEEL}"]\nbuild-backend = "x"\n'
    backend = '[build-system]\nrequires = []\nbuild-backend = "b"\nbackend-path = ["."]\n'
    for name, files in {
        "requirement": {"p/pyproject.toml": required},
        "backend": {"p/pyproject.toml": backend, "p/b.py": _REACHING_OUT},
        "client": {"p/pyproject.toml": backend, "p/b.py": _HIDDEN},
    }.items():
        yield f"pip, a build's {name}", Way(("pip", "wheel", "--no-deps", "./p"), files)
        yield f"uv, a build's {name}", Way(("uv", "build", "--wheel", "p"), files)
        yield f"uv, an install's {name}", Way(("uv", "pip", "install", "--target", "t", "./p"), files)


def _poetry(binary: Callable[[str], str]) -> Iterator[tuple[str, Way]]:
    source = f'[[tool.poetry.source]]\nname = "other"\nurl = "{OTHER}"\n'
    quiet = "[tool.poetry]\npackage-mode = false\n"
    for word, more in (("lock", ()), ("add", ("llmlook", "--lock"))):
        plain = {"pyproject.toml": _PROJECT + quiet}
        yield from _options_of(("poetry", word, *more), (binary("poetry"), word), plain)
    for priority in ("", 'priority = "primary"\n', 'priority = "supplemental"\n'):
        files = {"pyproject.toml": _PROJECT + quiet + source + priority}
        for verb in (("lock",), ("add", "llmlook"), ("update",), ("-n", "lock")):
            yield f"poetry {' '.join(verb)} {priority}", Way(("poetry", *verb), files)
        yield (
            f"poetry -C {priority}",
            Way(("poetry", "-C", "sub", "lock"), {"sub/pyproject.toml": files["pyproject.toml"]}),
        )
        yield (
            f"poetry --project {priority}",
            Way(("poetry", "--project=sub", "lock"), {"sub/pyproject.toml": files["pyproject.toml"]}),
        )
    for number, spelled in enumerate(
        (
            f'[package.source]\ntype = "legacy"\nurl = "{OTHER}"\nreference = "other"\n',
            f'[package.source]\ntype = "url"\nurl = "{_WHEEL}"\n',
            f'[package.source]\ntype = "git"\nurl = "{ORIGIN}/x.git"\nreference = "main"\nresolved_reference = "{"0" * 40}"\n',
            f'source = {{ type = "url", url = "{_WHEEL}" }}\n',
        )
    ):
        files = {"pyproject.toml": _PROJECT + quiet, "poetry.lock": _POETRY_LOCK.replace("SOURCE", spelled)}
        yield f"poetry install, a lock {number}", Way(("poetry", "install"), files)
    for address in (_WHEEL, f"git+{ORIGIN}/llmlook.git"):
        yield f"poetry add {address}", Way(("poetry", "add", address), {"pyproject.toml": _PROJECT + quiet})
    url = _PROJECT.replace('"llmlook"', f'"llmlook @ {_WHEEL}"') + quiet
    yield "poetry, a dependency", Way(("poetry", "lock"), {"pyproject.toml": url})


def _pdm(binary: Callable[[str], str]) -> Iterator[tuple[str, Way]]:
    project = {"pyproject.toml": _PROJECT}
    for verb, more in (("lock", ()), ("add", ("--no-sync", "llmlook"))):
        yield from _options_of(("pdm", verb, *more), (binary("pdm"), verb), project)
    table = f'name = "other"\nurl = "{OTHER}"\n'
    extra = f'[pypi.extra]\nurl = "{OTHER}"\n'
    url = _PROJECT.replace('"llmlook"', f'"llmlook @ {_WHEEL}"')
    for name, files in {
        "a source": {"pyproject.toml": f"{_PROJECT}[[tool.pdm.source]]\n{table}"},
        "its default": {"pyproject.toml": f"{_PROJECT}[[tool.pdm.source]]\n{table.replace('other', 'pypi', 1)}"},
        "links": {"pyproject.toml": f'{_PROJECT}[[tool.pdm.source]]\ntype = "find_links"\n{table}'},
        "a dependency": {"pyproject.toml": url},
        "the project's": {**project, "pdm.toml": extra},
        "the user's": {**project, "../.config/pdm/config.toml": extra},
        "the user's default": {**project, "../.config/pdm/config.toml": f'[pypi]\nurl = "{OTHER}"\n'},
        "an override": {**project, "o.txt": f"llmlook @ {_WHEEL}\n"},
    }.items():
        words = ("--override", "o.txt") if name == "an override" else ()
        yield f"pdm lock, {name}", Way(("pdm", "lock", *words), files)
        yield f"pdm update, {name}", Way(("pdm", "update", "--no-sync", *words), files)
    for variable in (
        "PDM_OVERRIDE",
        "PDM_PROJECT",
        "PDM_LOCKFILE",
        "PDM_PYPI_JSON_API",
        "PIP_EXTRA_INDEX_URL",
        "UV_INDEX",
    ):
        yield f"pdm, {variable}", Way(("pdm", "lock"), project, {variable: OTHER})
    for address in (_WHEEL, f"git+{ORIGIN}/llmlook.git"):
        yield f"pdm add {address}", Way(("pdm", "add", "--no-sync", address), project)


def _pipx(binary: Callable[[str], str]) -> Iterator[tuple[str, Way]]:
    yield from _options_of(("pipx", "install", "llmlook"), (binary("pipx"), "install"), {})
    for backend in ("pip", "uv"):
        own = ("pipx", "install", "--backend", backend)
        for option in ("--index-url", "--extra-index-url", "--find-links"):
            yield f"pipx, {backend} {option}", Way((*own, f"--pip-args={option} {OTHER}", "llmlook"))
        yield f"pipx, {backend} an address", Way((*own, _WHEEL))
        yield f"pipx, {backend} a requirement", Way((*own, f"llmlook @ {_WHEEL}"))
        yield f"pipx, {backend} git", Way((*own, f"git+{ORIGIN}/llmlook.git"))
        for variable in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS"):
            yield f"pipx, {backend} {variable}", Way((*own, "llmlook"), {}, {variable: OTHER})
    script = f'# /// script\n# dependencies = ["llmlook @ {_WHEEL}"]\n# ///\n'
    yield "pipx, a script", Way(("pipx", "install", "./s.py"), {"s.py": script})
