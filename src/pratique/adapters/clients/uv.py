"""uv: told through the environment; its own configuration stays in force, because what that names is read first."""

import os
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pratique.adapters.clients import Errand, Gate, Launch, ask, known_index
from pratique.adapters.clients.foreign import Foreign, waiting
from pratique.adapters.clients.options import Options
from pratique.adapters.clients.pip import in_gates_words
from pratique.adapters.clients.sources import Named, files_in, in_arguments, in_environment, in_files, parsed
from pratique.errors import InvalidInput

_DEFAULT_VARIABLES: Final = ("UV_DEFAULT_INDEX", "UV_INDEX_URL")
_FILE_VARIABLES: Final = ("UV_CONSTRAINT", "UV_BUILD_CONSTRAINT", "UV_OVERRIDE", "UV_EXCLUDE", "UV_CONFIG_FILE")
_SWITCHED: Final = re.compile(r"UV_(NO_CACHE|CACHE_DIR|INDEX_.+_(USERNAME|PASSWORD)|NATIVE_TLS)")
_PROJECT_FILES: Final = ("pyproject.toml", "uv.toml", "uv.lock", "pylock.toml")
_SCRIPT_FLAGS: Final = frozenset({"-s", "--script", "--gui-script"})
_MODULE_FLAGS: Final = frozenset({"-m", "--module"})
_BLOCK: Final = re.compile(r"(?m)^# /// script\s*$\s(?:^#(?:| .*)$\s)+^# ///$")


class Uv:
    """The uv on the PATH; as `uvx`, what it does as `uv tool run`."""

    def __init__(self, name: str = "uv") -> None:
        self.name = name
        self._verb = ("tool", "run") if name == "uvx" else ()

    def read(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Errand:
        """As `Client.read`: variables, then the user's and the system's files, then the public index."""
        binary = _binary(environment)
        arguments = (*self._verb, *arguments)
        end = _end_of_options(binary, arguments, environment) if "run" in arguments else len(arguments)
        own, foreign = _without_cache(arguments[:end]), arguments[end:]
        projects = _projects(own, folder, environment)
        words = [*own, *foreign[:1], *(word for name in _FILE_VARIABLES for word in environment.get(name, "").split())]
        files = [*files_in(words, folder), *(path for each in projects for path in _files_of(each))]
        if "tool" in own:
            files += sorted(_tools(environment).glob("*/uv-receipt.toml"))
        locks = [lock for path in files if (lock := path.with_name(f"{path.name}.lock")).is_file()]
        places, read = in_files([*files, *locks], "uv")
        configured, default = _users(environment)
        named = (*in_arguments(own), *in_environment(environment, ("UV_",), _DEFAULT_VARIABLES), *places, *configured)
        told = next((environment[name] for name in _DEFAULT_VARIABLES if environment.get(name)), default)
        writes = (*projects, *_near(own, folder), _tools(environment))
        installs = (*_environments(environment, folder), *(folder / each for each in own))
        default = told or known_index().rstrip("/")
        return Errand(own, default, named, tuple(read), writes, installs, foreign)

    def launch(self, errand: Errand, gate: Gate, folder: Path, environment: Mapping[str, str]) -> Launch:
        """As `Client.launch`. The cache lasts for this run, so that every file is judged."""
        kept = {
            key: in_gates_words(value, gate) if key.startswith("UV_") else value
            for key, value in gate.environment(environment).items()
            if not (_SWITCHED.fullmatch(key) or key in _DEFAULT_VARIABLES or (key.startswith("UV_") and not value))
        }
        slash = "/" if errand.index.endswith("/") else ""
        ours = {"UV_DEFAULT_INDEX": gate.urls.simple + slash, "UV_CACHE_DIR": str(gate.scratch / "cache")}
        others = _users_in_gates_words(environment, gate)
        if others:
            ours["UV_INDEX"] = " ".join([kept.get("UV_INDEX", ""), *others]).strip()
        if "symlink" in environment.get("UV_LINK_MODE", ""):
            ours["UV_LINK_MODE"] = "copy"  # what links point to goes with this run's cache
        command = [_binary(environment), *(in_gates_words(each, gate) for each in errand.arguments)]
        foreign = None
        if errand.foreign:
            _, verb = _verb(command[0], errand.arguments, environment)
            own = Options.in_help(ask([command[0], *verb, "--help"], environment)).apart(errand.arguments)
            words, foreign = _waiting(own, errand.foreign, folder, gate.scratch, tool=verb == ("tool", "run"))
            command[1:] = [in_gates_words(each, gate) for each in words]
        return Launch(tuple(command), {**kept, **ours}, foreign)


def _binary(environment: Mapping[str, str]) -> str:
    binary = shutil.which("uv", path=environment.get("PATH"))
    if binary is None:
        raise InvalidInput("uv is not on the PATH", advice="install it: pratique pip install uv")
    return binary


def _verb(binary: str, arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[int, tuple[str, ...]]:
    """Where the words of uv's command begin, and these: of `tool` the next one too."""
    begin = Options.in_help(ask([binary, "--help"], environment)).first_word(arguments)
    words = tuple(arguments[begin : begin + 2])
    return begin, words if words[:1] == ("tool",) else words[:1]


def _end_of_options(binary: str, arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Where the words of a foreign command begin; their number where there is none."""
    begin, verb = _verb(binary, arguments, environment)
    if verb not in (("run",), ("tool", "run")):
        return len(arguments)
    options = Options.in_help(ask([binary, *verb, "--help"], environment))
    place = options.first_word(arguments, begin + len(verb))
    remote = place < len(arguments) and arguments[place].startswith(("http://", "https://"))
    return len(arguments) if remote else place  # uv itself fetches a script from a URL


def _waiting(
    arguments: Sequence[str], command: Sequence[str], folder: Path, scratch: Path, *, tool: bool
) -> tuple[list[str], Foreign]:
    """The client's words with a waiting command in place of the foreign one, and that as it is run outside."""
    met = scratch / "met"
    program = waiting(met)
    own = [each for each in arguments if each not in (*_SCRIPT_FLAGS, *_MODULE_FLAGS)]
    given = set(arguments) - set(own)
    if own[-1] == "--":
        own.pop()
    target, *rest = command
    if tool:
        asked = any(each == "--from" or each.startswith("--from=") for each in own)
        name = re.split(r"[@\[=<>!~;]", target)[0].strip()
        if not asked and name != "python":
            own += ["--from", target]
        python = target if name == "python" and not asked else "python"
        return [*own, python, "-c", program], Foreign((target if asked else name, *rest), met)
    if given & _MODULE_FLAGS:
        return [*own, "python", "-c", program], Foreign(("python", "-m", target, *rest), met)
    path = folder / target
    if target == "-":
        path = scratch / "stdin.py"
        path.write_text(_standard_input(), encoding="utf-8")
    scripted = given & _SCRIPT_FLAGS or target == "-" or (target.lower().endswith((".py", ".pyw")) and path.is_file())
    if not scripted and not _runs_as_python(path):
        return [*own, "python", "-c", program], Foreign(tuple(command), met)
    block = _BLOCK.search(path.read_text(encoding="utf-8", errors="replace")) if scripted else None
    runs = ("python", str(path) if target == "-" else target, *rest)
    if block is None:
        return [*own, "python", "-c", program], Foreign(runs, met)
    beside = _beside(path, f"{block[0]}\n{program}")
    return [*own, "--script", str(beside[0])], Foreign(runs, met, beside)


def _beside(path: Path, content: str) -> tuple[Path, ...]:
    """A script beside another one, so that what its block says of paths stays right; with its lock, where it has one."""
    script = path.with_name(f".pratique-{path.name}")
    script.write_text(content, encoding="utf-8")
    lock = path.with_name(f"{path.name}.lock")
    if not lock.is_file():
        return (script,)
    copy = script.with_name(f"{script.name}.lock")
    shutil.copyfile(lock, copy)
    return script, copy


def _standard_input() -> str:
    with open(0, encoding="utf-8", closefd=False) as given:
        return given.read()


def _runs_as_python(path: Path) -> bool:
    try:
        return (path / "__main__.py").is_file() or (path.is_file() and zipfile.is_zipfile(path))
    except OSError:
        return False


def _without_cache(arguments: Sequence[str]) -> tuple[str, ...]:
    """Arguments without a cache of the user's."""
    rest: list[str] = []
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument == "--cache-dir":
            skip = True
        elif not argument.startswith("--cache-dir="):
            rest.append(argument)
    return tuple(rest)


def _projects(arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> list[Path]:
    """The folders of the project at hand: the nearest with a `pyproject.toml`, and those above of which it may be a member."""
    told = Options(frozenset({"--directory", "--project"}), frozenset()).values(arguments, "--directory", "--project")
    at = folder
    for each in (*filter(None, (environment.get("UV_WORKING_DIR"), environment.get("UV_PROJECT"))), *told):
        at = at / each
    above = [each for each in (at, *at.parents) if any((each / name).is_file() for name in _PROJECT_FILES)]
    return above or [at]


def _files_of(project: Path) -> Iterator[Path]:
    """The files of a project that name indexes, and those of the members of its workspace."""
    yield from (project / name for name in _PROJECT_FILES if (project / name).is_file())
    document = project / "pyproject.toml"
    if not document.is_file():
        return
    table: Any = parsed(document, document.read_text(encoding="utf-8", errors="replace"))
    for key in ("tool", "uv", "workspace"):
        table = table.get(key, {}) if isinstance(table, dict) else {}
    members = table.get("members", []) if isinstance(table, dict) else []
    for pattern in members if isinstance(members, list) else []:
        yield from (each for each in project.glob(f"{pattern}/pyproject.toml") if each.is_file())


def _near(arguments: Sequence[str], folder: Path) -> Iterator[Path]:
    """The folders of files that arguments name."""
    for argument in arguments:
        for word in {argument, argument.partition("=")[2]}:
            if word and not word.startswith("-") and "://" not in word and (folder / word).parent.is_dir():
                yield (folder / word).parent


def _environments(environment: Mapping[str, str], folder: Path) -> Iterator[Path]:
    """The environments that variables name."""
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "UV_PROJECT_ENVIRONMENT"):
        if environment.get(name):
            yield folder / environment[name]


def _tools(environment: Mapping[str, str]) -> Path:
    home = Path(environment.get("HOME") or "~").expanduser()
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local/share")
    return Path(environment.get("UV_TOOL_DIR") or data / "uv/tools")


def _users_files(environment: Mapping[str, str]) -> Iterator[Path]:
    """The files that configure uv for the user and for the machine."""
    if environment.get("UV_NO_CONFIG"):
        return
    home = Path(environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME") or "~").expanduser() / ".config")
    shared = (environment.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep)
    for path in (home / "uv/uv.toml", *(Path(each) / "uv/uv.toml" for each in shared), Path("/etc/uv/uv.toml")):
        if path.is_file():
            yield path


def _users(environment: Mapping[str, str]) -> tuple[list[Named], str]:
    """The places that the user's and the machine's files name, and the default index that they choose."""
    named: list[Named] = []
    default = ""
    for path in _users_files(environment):
        document = parsed(path, path.read_text(encoding="utf-8", errors="replace"))
        chosen = [str(each.get("url", "")) for each in _indexes(document) if each.get("default")]
        chosen += [document["index-url"]] if isinstance(document.get("index-url"), str) else []
        default = default or next(iter(chosen), "")
        named += [each for each in in_files([path], "uv")[0] if each.url not in chosen]
    return named, default


def _users_in_gates_words(environment: Mapping[str, str], gate: Gate) -> list[str]:
    """The indexes of the user's and the machine's files for `UV_INDEX`: a name given there goes before a file's."""
    found: list[str] = []
    for path in _users_files(environment):
        for index in _indexes(parsed(path, path.read_text(encoding="utf-8", errors="replace"))):
            name, url = index.get("name"), str(index.get("url", ""))
            if not index.get("default") and gate.urls.name_of(url):
                if not name:
                    raise InvalidInput(f"{path} has an index without a name: {url}", advice="give it a `name` there")
                found.append(f"{name}={gate.urls.to_gate(url)}")
    return found


def _indexes(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = document.get("index")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
