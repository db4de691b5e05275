"""Files that tell editors, agents and builds what to run: their commands go on to the views of their languages."""

import re
from typing import Final

from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages import commands
from pratique.facts.scan.languages.config import prose
from pratique.facts.scan.languages.config.kinds import WORKFLOW, Started, kind_of
from pratique.facts.scan.languages.config.settings import Setting, bounded, words
from pratique.facts.scan.observation import ASIDE, Context

SCRIPTS: Final = re.compile(r"(?:^|/)(?:\.git/hooks|\.githooks|\.husky)/[\w-]+(?:\.sh)?$|(?:^|/)\.envrc$")
"""Scripts that git or direnv start by themselves."""
_HOOK_SAMPLE: Final = re.compile(r"\.sample$|/_/|/husky\.sh$")
_TOOLS: Final = words(
    """npm npx pnpm yarn bun corepack node-gyp tsc eslint prettier biome oxlint oxfmt stylelint jest vitest mocha
    playwright turbo nx lerna vite webpack rollup make just task cmake ninja meson bazel cargo rustup rustfmt go
    gofmt golangci-lint dotnet mvn gradle ./gradlew ./mvnw uv uvx pip pip3 pipx poetry pdm hatch rye tox nox
    pytest ruff black isort mypy pyright flake8 pylint pre-commit conda mamba bundle gem rake rubocop composer php
    artisan phpunit mix deno docker docker-compose podman git gh echo printf true cd ls cat test [ [[ mkdir cp
    touch chmod which command say osascript notify-send afplay jq sed grep rg head tail sleep date export set
    source . if exit bd claude codex gemini ccusage terraform tofu helm kubectl pulumi swift swiftformat swiftlint
    xcodebuild flutter dart mise asdf direnv nix devbox lefthook husky lint-staged markdownlint shellcheck shfmt
    hadolint actionlint typos codespell"""
)
"""Programs of everyday work."""
_PARTS: Final = re.compile(r"&&|\|\||[;|\n]")
_ASTRAY: Final = re.compile(
    r"(?:^|[\s\"'/])(?:node|bun|deno(?:\s+run)?|py(?:thon)?[\d.]*|(?:ba|z)?sh|pwsh|powershell(?:\.exe)?|perl|ruby|php)\s++"
    r"(?:(?!-{1,2}(?:c|e|p|m|lc|ic|ec|command|eval|print|encodedcommand)\b)-[\w-]++(?:\s++(?:bypass|unrestricted))?\s++)*+"
    r"(?!-)[\"']?(?:\S*/)?(?:\.(?:vscode|github|git|idea|devcontainer|cache|config|local|husky|npm|yarn)/(?!hooks/)\S+"
    r"|\.[a-z0-9_]\S*/\.\S+|\S+\.(?:woff2?|ttf|otf|eot|png|jpe?g|gif|ico|svg|dict|txt|md|log|dat|bin|css|lock|map|json)\b)",
    re.IGNORECASE,
)
"""An interpreter that is given a file from where no scripts are, or of a kind that is none."""
_ASTRAY_CHARACTERS_MAX: Final = 2_000
_HOOKS: Final = re.compile(
    r"\.(?:claude|cursor|gemini|codex|windsurf|qwen|kiro|factory|github|agents?)/"
    r"(?:hooks|scripts|tools|plugins|skills|statusline)\b"
    r"|CLAUDE_PLUGIN_ROOT|\.husky/"
)
"""Where agents' own scripts are. Those are looked at by themselves."""
_CODE: Final = re.compile(
    r"(?:^|\s)(?:-c|-e|--eval|-enc\w*|eval)(?:\s|$)|\$\(|`|<\(|base64|/dev/tcp|https?://", re.IGNORECASE
)
_OWN_PLACES: Final = frozenset({"read.agent_config", "write.agent_config"})
"""Agents' own files: that is where their hooks are."""
_DOUBTFUL: Final = words(
    """proc.pipe_shell proc.download proc.encoded_ps proc.shell_plumbing proc.miner proc.agent_loose net.raw_ip
    net.tunnel_host net.paste net.shortener net.collector_host net.messenger_token net.metadata_service read.secret_file
    read.browser read.wallet read.secrets_store harm.av_tamper harm.wipe write.autostart write.schedule write.shell_rc
    spread.publish spread.token_list"""
)
_UNGUARDED: Final = (
    (("permissions", "defaultMode"), ("bypassPermissions",)),
    (("enableAllProjectMcpServers",), ("true",)),
    (("chat.tools.autoApprove",), ("true",)),
    (("chat.tools.global.autoApprove",), ("true",)),
    (("approval_policy",), ("never",)),
    (("sandbox_mode",), ("danger-full-access",)),
    (("general", "defaultApprovalMode"), ("yolo",)),
)
"""Settings that let agents act without asking, and the values that do."""
_DIVERTED: Final = frozenset(
    {
        "ANTHROPIC_BASE_URL",
        "OPENAI_BASE_URL",
        "OPENAI_API_BASE",
        "GEMINI_API_BASE",
        "GOOGLE_GEMINI_BASE_URL",
        "HTTPS_PROXY",
    }
)
"""Variables that lead what an agent says, and its key, elsewhere."""
_OWN: Final = re.compile(r"https?://(?:localhost|127\.|\[::1\]|host\.docker\.internal|0\.0\.0\.0)")


def read(content: Content, reader: Reader) -> None:
    """Tell of what a file lets others run. Raises `InvalidInput` for what is nested too deeply, or too long."""
    path = content.path.lower()
    if prose.PATHS.search(path):
        prose.read(content, reader)
    if SCRIPTS.search(path):
        _script(content, reader)
    kind = kind_of(path)
    if kind is None:
        return
    found = bounded(kind.read(content.text()))
    for started in kind.find(found):
        _started(started, content, reader)
    for each in found:
        _unguarded(each, reader)


def _script(content: Content, reader: Reader) -> None:
    """A hook of git, or what direnv runs: a script by its first line, of the shell where it does not say."""
    if _HOOK_SAMPLE.search(content.path.lower()):
        return
    first = content.data[:200].split(b"\n", 1)[0]
    language = "python" if b"python" in first else "javascript" if b"node" in first else "shell"
    inner = content.context if content.context in ASIDE else Context.AGENT_CONFIG
    if "/.git/hooks/" in f"/{content.path.lower()}":
        reader.emit("pkg.autorun", 1, text="by git: a hook that the archive brings", context=inner)
    text = content.text()
    lines = tuple(range(1, text.count("\n") + 2))
    reader.embed(language, text, 1, context=inner if ".git/" in content.path.lower() else Context.SHELL, lines=lines)


def _started(started: Started, content: Content, reader: Reader) -> None:
    """A command: told, if it runs by itself, and handed on."""
    context = Context.AGENT_CONFIG if started.by_itself else Context.SHELL
    if content.context in ASIDE or started.when == WORKFLOW:
        context = content.context if content.context in ASIDE else Context.WORKFLOW
    program = started.command if isinstance(started.command, tuple) else ()
    text = started.command if isinstance(started.command, str) else " ".join(started.command)
    labels = reader.labels_of(text) - _OWN_PLACES
    if started.by_itself:
        label = _weight(text, labels & _DOUBTFUL, hidden=started.hidden or not started.language)
        reader.emit(label, started.line, inputs=labels, text=f"{started.when}: {text}", context=context)
    if not started.language or not text.strip():
        return
    if started.language == "shell" and started.by_itself:
        reader.emit("proc.shell", started.line, inputs=labels, text=text, context=context)
    if program:
        commands.run(list(program), reader, started.line, context=context)
        for label in labels:
            reader.emit(label, started.line, text=text, context=context)
    else:
        reader.embed(started.language, text, started.line, context=context, lines=started.lines)


def _weight(command: str, labels: frozenset[str], *, hidden: bool) -> str:
    """The label of a command that runs by itself: one that hides or fetches, one that runs something of the package, a tool."""
    if hidden or labels or _ASTRAY.search(command[:_ASTRAY_CHARACTERS_MAX]):
        return "pkg.autorun"
    return "pkg.autorun_tool" if is_ordinary(command) or _HOOKS.search(command) else "pkg.autorun_script"


def is_ordinary(command: str) -> bool:
    """Whether a command consists of tools of everyday work, without code in it."""
    if _CODE.search(command):
        return False
    for part in _PARTS.split(command):
        found = [word for word in part.split() if "=" not in word.partition("/")[0]]
        if found and found[0].strip("\"'(){}!") not in _TOOLS:
            return False
    return True


def _unguarded(each: Setting, reader: Reader) -> None:
    for keys, values in _UNGUARDED:
        if each.keys[-len(keys) :] == keys and each.value in values:
            reader.emit("pkg.agent_unguarded", each.line, text=f"{'.'.join(keys)} = {each.value}")
    if each.keys[-1:] and each.keys[-1] in _DIVERTED and each.value.startswith("http") and not _OWN.match(each.value):
        labels = reader.labels_of(each.value)
        reader.emit("pkg.agent_diverted", each.line, inputs=labels, text=f"{each.keys[-1]} = {each.value}")
