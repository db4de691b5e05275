"""Files by which editors, agents, version control and builds are told what to run, and where in them that stands.

Sources are the documentation of each program: tasks and settings of VS Code, dev containers (containers.dev), hooks and
settings of Claude Code, Cursor, Gemini CLI, Codex and Windsurf, servers of the Model Context Protocol, run configurations of
JetBrains, hooks and configuration of git, direnv, pre-commit, kernels of Jupyter, workflows of GitHub and GitLab.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from pratique.facts.scan.languages.config import settings
from pratique.facts.scan.languages.config.settings import Setting, words


@dataclass(frozen=True, slots=True)
class Started:
    """A command of a file: a text for a shell, or a program with its arguments; what starts it, and whether that asks first.

    `when` is a few words behind "runs"; `by_itself` says that nobody is asked, or only once whether a folder is trusted;
    `hidden` that nothing of it is shown.
    """

    command: str | tuple[str, ...]
    line: int
    when: str
    by_itself: bool = False
    language: str = "shell"
    lines: tuple[int, ...] = ()
    hidden: bool = False


Finder: TypeAlias = Callable[[Sequence[Setting]], Iterator[Started]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its paths in lower case, how it is read, and what is in it."""

    paths: re.Pattern[str]
    read: settings.Reader
    find: Finder


WORKFLOW: Final = "in a workflow"
"""When steps of builds run: on the machines that build the project."""


def _groups(found: Sequence[Setting], key: str) -> Iterator[tuple[tuple[str, ...], list[Setting]]]:
    """Settings by what stands in front of a key, in the order in which it is there first."""
    groups: dict[tuple[str, ...], list[Setting]] = defaultdict(list)
    for each in found:
        if key in each.keys:
            groups[each.keys[: each.keys.index(key)]].append(each)
    yield from groups.items()


def _command(
    group: Sequence[Setting], base: tuple[str, ...], command: str = "command", arguments: str = "args"
) -> tuple[str, ...]:
    """A program and its arguments below a place."""
    size = len(base)
    words = [each.value for each in group if each.keys[size : size + 1] == (command,)]
    words += [each.value for each in group if each.keys[size : size + 1] == (arguments,) and each.keys[-1] != "quoting"]
    return tuple(words)


def _below(found: Sequence[Setting], base: tuple[str, ...]) -> list[Setting]:
    return [each for each in found if each.keys[: len(base)] == base]


def tasks(found: Sequence[Setting]) -> Iterator[Started]:
    """Tasks of VS Code. One with `runOn: folderOpen` runs as soon as the folder is opened and trusted."""
    for base, group in _groups(found, "command"):
        if "tasks" not in base and base:
            continue
        owner = base[:-1] if base[-1:] and base[-1] in ("windows", "linux", "osx") else base
        own = _below(found, owner)
        told = {each.key: each.value for each in own}
        opened = told.get("runOn") == "folderOpen"
        hidden = told.get("hide") == "true" or (
            told.get("reveal") in ("never", "silent") and told.get("echo") == "false"
        )
        words_ = _command(_below(found, base), base)
        command = words_ if told.get("type") == "process" else " ".join(words_)
        when = "when its folder is opened" if opened else "as a task"
        yield Started(command, group[0].line, when, opened, hidden=hidden)
    yield from editor(found)


_TERMINAL: Final = re.compile(
    r"terminal\.integrated\.(?:profiles|automationprofile|shell|shellargs|automationshell|env)\b|^(?:git\.path|npm\.binpath"
    r"|eslint\.(?:runtime|nodepath)|python\.(?:terminal\.activateenv\w*|envfile))$"
)
_UNASKED: Final = re.compile(
    r"chat\.tools\.(?:autoapprove|global\.autoapprove|terminal\.autoapprove)|task\.allowautomatictasks"
)
_PRELOADED: Final = words(
    """LD_PRELOAD DYLD_INSERT_LIBRARIES NODE_OPTIONS PYTHONSTARTUP BASH_ENV ENV PROMPT_COMMAND PERL5OPT RUBYOPT
    PYTHONPATH JAVA_TOOL_OPTIONS GIT_SSH_COMMAND GIT_EDITOR EDITOR PAGER ZDOTDIR PYTHONHOME PYTHONWARNINGS BROWSER"""
)
"""Variables by which other programs run what they are told."""


def editor(found: Sequence[Setting]) -> Iterator[Started]:
    """Settings of VS Code that say what its terminals start, and with which variables."""
    for each in found:
        name = next((key.lower() for key in each.keys if "." in key), each.keys[0].lower() if each.keys else "")
        if not _TERMINAL.search(name):
            continue
        if ".env" in name:
            if each.keys[-1] in _PRELOADED:
                yield Started((each.keys[-1], each.value), each.line, "in every terminal", by_itself=True, language="")
        elif each.key in ("path", "args") or name.startswith(("git", "npm", "eslint")) or ".shell" in name:
            own = each.value.startswith((".", "${workspace")) or "/" not in each.value.lstrip("/")[1:]
            if own and not _is_shell(each.value):
                yield Started(each.value, each.line, "with every terminal", by_itself=True)


def _is_shell(value: str) -> bool:
    name = re.split(r"[/\\]", value.lower())[-1].removesuffix(".exe")
    return name in (
        "bash",
        "zsh",
        "sh",
        "fish",
        "pwsh",
        "powershell",
        "cmd",
        "git",
        "node",
        "-l",
        "--login",
        "-i",
        "-nologo",
        "nu",
    )


def hooks(found: Sequence[Setting]) -> Iterator[Started]:
    """Hooks of agents, what their status line and their helpers run, and the servers they start."""
    for each in found:
        if "hooks" in each.keys and each.keys[-1] in ("command", "run", "bash", "powershell"):
            event = next(
                (key for key in each.keys[each.keys.index("hooks") + 1 :] if not key.isdecimal() and key != "hooks"), ""
            )
            language = "powershell" if each.keys[-1] == "powershell" else "shell"
            yield Started(
                each.value,
                each.line,
                f"on {event} of an agent" if event != "command" else "with an agent",
                True,
                language,
            )
        elif each.key in _HELPERS or (each.keys[-1:] == ("command",) and set(each.keys) & _HELPERS):
            yield Started(each.value, each.line, "with an agent", by_itself=True)
    notify = [each for each in found if each.keys[:1] == ("notify",)]
    if notify:
        yield Started(tuple(each.value for each in notify), notify[0].line, "on events of an agent", by_itself=True)
    yield from servers(found)


_HELPERS: Final = words(
    """statusLine apiKeyHelper awsAuthRefresh awsCredentialExport otelHeadersHelper fileSuggestion
    toolDiscoveryCommand toolCallCommand discoveryCommand callCommand gcpAuthRefresh proxyAuthHelper headersHelper"""
)
_SERVERS: Final = frozenset({"mcpServers", "mcp_servers", "servers", "mcp", "context_servers"})


def servers(found: Sequence[Setting]) -> Iterator[Started]:
    """Servers of the Model Context Protocol, which agents start, most of them after they have asked."""
    for base, group in _groups(found, "command"):
        if set(base) & _SERVERS:
            words = _command(_below(found, base), base)
            listed = tuple(each.value for each in group if each.keys[-1].isdecimal())
            yield Started(listed or words, group[0].line, "as a server of an agent")


_LIFECYCLE: Final = {
    "initializeCommand": True,
    "onCreateCommand": False,
    "updateContentCommand": False,
    "postCreateCommand": False,
    "postStartCommand": False,
    "postAttachCommand": False,
}
"""Steps of a dev container, and whether they run outside of it."""


def container(found: Sequence[Setting]) -> Iterator[Started]:
    """Steps of a dev container: texts, lists, or several of both by name."""
    for name, outside in _LIFECYCLE.items():
        parts: dict[tuple[str, ...], list[Setting]] = defaultdict(list)
        for each in found:
            if each.keys[:1] == (name,):
                parts[each.keys[:-1] if each.keys[-1].isdecimal() else each.keys].append(each)
        for group in parts.values():
            words = tuple(each.value for each in group)
            command = words if group[0].keys[-1].isdecimal() else words[0]
            where = "when its container is made, outside of it" if outside else "in its container"
            yield Started(command, group[0].line, where, outside)


def environments(found: Sequence[Setting]) -> Iterator[Started]:
    """Machines in which agents work: what is installed and started there."""
    for each in found:
        if each.key in ("install", "start", "command", "setup", "update"):
            yield Started(each.value, each.line, "in the machine of an agent", lines=each.lines)


_RUN_OPTIONS: Final = frozenset(
    {"SCRIPT_TEXT", "SCRIPT_PATH", "SCRIPT_OPTIONS", "INTERPRETER_PATH", "command", "COMMAND"}
)


def jetbrains(found: Sequence[Setting]) -> Iterator[Started]:
    """Run configurations of JetBrains' editors, and those that run when a project is opened (`startup.xml`)."""
    starts = any("ProjectStartup" in each.value for each in found)
    for each in found:
        if each.keys[:1] == ("option",) and each.keys[1] in _RUN_OPTIONS and each.keys[2] == "value" and each.value:
            yield Started(each.value, each.line, "as a run configuration")
        elif starts and each.keys[:1] == ("configuration",) and each.keys[2] == "name":
            yield Started(each.value, each.line, "when its project is opened", by_itself=True, language="")


_GIT: Final = re.compile(
    r"core (?:fsmonitor|sshcommand|pager|editor|hookspath|askpass|gitproxy)|filter .* (?:clean|smudge|process)"
    r"|diff .* (?:command|textconv)|merge .* driver|credential (?:.* )?helper|alias .*|uploadpack .*|submodule .* update"
    r"|gpg (?:.* )?program|sequence editor"
)
_GIT_PLAIN: Final = re.compile(
    r"(?:git-lfs|git lfs)\b|true$|false$|checkout$|rebase$|merge$|cache\b|store\b|osxkeychain|manager|less\b|vim?$|nano$"
)


def git(found: Sequence[Setting]) -> Iterator[Started]:
    """What git starts by its configuration, in a folder that brings a `.git` of its own."""
    for each in found:
        name = " ".join(each.keys)
        value = each.value
        if not _GIT.fullmatch(name) or _GIT_PLAIN.match(value):
            continue
        if name.startswith(("alias", "credential", "submodule")) and not value.startswith("!"):
            continue
        started = not name.startswith("alias")
        yield Started(value.removeprefix("!"), each.line, f"by git ({name})", started, hidden=started)


def workflow(found: Sequence[Setting]) -> Iterator[Started]:
    """Steps of workflows, by the shell that they name."""
    for each in found:
        if each.key not in _STEPS or not each.value:
            continue
        base = each.keys[: len(each.keys) - 1 - each.keys[::-1].index(each.key)]
        shell = next((other.value for other in found if other.keys == (*base, "shell")), "")
        yield Started(each.value, each.line, WORKFLOW, language=_shell_of(each.key, shell), lines=each.lines)


_STEPS: Final = frozenset(
    {"run", "script", "before_script", "after_script", "bash", "pwsh", "powershell", "commands", "entry"}
)


def _shell_of(key: str, shell: str) -> str:
    name = shell.split(maxsplit=1)[0] if shell.split() else key
    return {
        "pwsh": "powershell",
        "powershell": "powershell",
        "python": "python",
        "python3": "python",
        "cmd": "batch",
    }.get(name, "shell")


def kernel(found: Sequence[Setting]) -> Iterator[Started]:
    """What starts a kernel of Jupyter."""
    words = tuple(each.value for each in found if each.keys[:1] == ("argv",))
    if words:
        yield Started(words, next(each.line for each in found if each.keys[:1] == ("argv",)), "with a kernel")


_JETBRAINS: Final = r"(?:^|/)\.idea/(?:runconfigurations/[^/]+|startup|workspace)\.xml$|(?:^|/)\.run/[^/]+\.run\.xml$"
_MCP: Final = r"(?:^|/)(?:\.?mcp|mcp_config|claude_desktop_config|\.(?:cursor|vscode|roo|kiro/settings)/mcp)\.json$"
_HOOKED: Final = (
    r"(?:^|/)\.(?:claude|gemini|cursor|windsurf|qwen|factory)/(?:settings(?:\.local)?|hooks|cli)\.json$|(?:^|/)hooks/hooks\.json$"
    r"|(?:^|/)\.github/hooks/[^/]+\.json$|(?:^|/)\.kiro/hooks/[^/]+$|(?:^|/)\.?opencode\.jsonc?$|(?:^|/)\.claude-plugin/[^/]+\.json$"
)
_FLOWS: Final = (
    r"(?:^|/)\.github/(?:workflows|actions)/.*\.ya?ml$|(?:^|/)action\.ya?ml$|(?:^|/)\.gitlab-ci\.ya?ml$|(?:^|/)\.circleci/[^/]+\.ya?ml$"
    r"|(?:^|/)azure-pipelines[\w.-]*\.ya?ml$|(?:^|/)\.pre-commit-config\.ya?ml$|(?:^|/)\.gitea/workflows/.*\.ya?ml$"
)

KINDS: Final = tuple(
    Kind(re.compile(paths), read, find)
    for paths, read, find in (
        (r"(?:^|/)\.vscode/(?:tasks|settings)\.json$|\.code-workspace$", settings.json, tasks),
        (_HOOKED, settings.json, hooks),
        (_MCP, settings.json, servers),
        (r"(?:^|/)\.codex/[^/]+\.toml$", settings.toml, hooks),
        (r"(?:^|/)\.cursor/environment\.json$", settings.json, environments),
        (r"(?:^|/)(?:\.devcontainer/(?:.*/)?devcontainer|\.devcontainer)\.json$", settings.json, container),
        (_JETBRAINS, settings.xml, jetbrains),
        (r"(?:^|/)\.git/config(?:\.worktree)?$|(?:^|/)\.gitconfig$", settings.ini, git),
        (r"(?:^|/)kernels/[^/]+/kernel\.json$", settings.json, kernel),
        (_FLOWS, settings.yaml, workflow),
    )
)


def kind_of(path: str) -> Kind | None:
    """What a path in lower case says of its file."""
    return next((each for each in KINDS if each.paths.search(path)), None)
