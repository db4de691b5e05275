"""What the pages tell people to type exists: verbs, options, settings, variables, metrics, files."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from pratique.cli.main import main
from pratique.cli.other_clients import BY_THE_GATE
from pratique.settings import OPTIONS, ServerOptions, Source, environment_sources, read_settings
from pratique.simulators.clock import SimulatedClock
from pratique.web.operations import Operations
from tests.conftest import NOW

ROOT = Path(__file__).resolve().parent.parent
HOW_TO = sorted((ROOT / "docs/how-to").glob("*.md"))
EXPLANATION = sorted((ROOT / "docs/explanation").glob("*.md"))
PAGES = [ROOT / "README.md", ROOT / "SECURITY.md", *EXPLANATION, *HOW_TO]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
WRAPPERS = frozenset({"pip", "uv", "uvx", "poetry", "pipx", "pdm"})


def fences(page: Path, *languages: str) -> list[str]:
    return [body for language, body in FENCE.findall(page.read_text(encoding="utf-8")) if language in languages]


def commands(text: str) -> Iterator[list[str]]:
    """Every `pratique ...` of a page, in words: in fences of shell, and in prose between backticks."""
    lines = [
        line for body in re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE) for line in body.splitlines()
    ]
    for told in [*lines, *CODE.findall(FENCE.sub("", text))]:
        words = shlex.split(told.partition("  #")[0], comments=True) if "pratique " in told else []
        inside = [place for place, word in enumerate(words) if word.endswith("/pratique")]
        start = 0 if words[:1] == ["pratique"] else inside[0] if words[:1] == ["sudo"] else None
        if start is not None:
            yield words[start + 1 :]


def mistake(words: list[str]) -> str:
    """What is wrong with a command line; empty when every word of it is known."""
    command: click.Command = main
    context = click.Context(main, info_name="pratique")
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        inner = command.get_command(context, rest[0])
        if inner is None:
            return "" if rest[0] in BY_THE_GATE else f"no verb {rest[0]}"
        command, context = inner, click.Context(inner, info_name=rest.pop(0), parent=context)
        if command.name == "command" and context.info_name in WRAPPERS:
            return ""
    known = {spelled for option in command.params for spelled in option.opts} | {"--help", "--version", "--json"}
    unknown = [word for word in rest if word.startswith("-") and word not in known]
    return f"no option {unknown[0]} of {context.info_name}" if unknown else ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_tells_exists(page: Path) -> None:
    found = list(commands(page.read_text(encoding="utf-8")))
    assert [(words, wrong) for words in found if (wrong := mistake(words))] == []


def test_a_command_that_does_not_exist_is_noticed() -> None:
    told = "`pratique log fnid --package x`, `pratique log find --packge x`\n```sh\npratique explian X   # why\n```\n"
    assert [bool(mistake(words)) for words in commands(told)] == [True, True, True]
    assert len(list(commands((ROOT / "docs/how-to/reading-the-record.md").read_text(encoding="utf-8")))) > 10


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_that_a_page_shows_is_read(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for body in fences(page, "toml"):
        read_settings([Source(page.name, tomllib.loads(body))])
    for variable in re.findall(r"\bPRATIQUE_\w+", text):
        assert environment_sources({variable: "0"}), variable
    for key in re.findall(r"`((?:server|store|ledger|scanner|client|index)\.\w[\w.]*)", text):
        assert key in OPTIONS or (ROOT / "src/pratique" / key).exists() or "." not in key or key.endswith("sqlite"), key


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    broken = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert broken == []


def test_every_how_to_is_listed() -> None:
    listed = set(LINK.findall((ROOT / "docs/how-to/README.md").read_text(encoding="utf-8")))
    assert {page.name for page in HOW_TO} - {"README.md"} <= listed


def test_the_page_of_other_clients_has_each_of_them_with_its_way() -> None:
    rows = [
        line for line in (ROOT / "docs/how-to/other-clients.md").read_text(encoding="utf-8").splitlines() if "|" in line
    ]
    for client, way in BY_THE_GATE.items():
        assert any(re.search(rf"\b{client}\b", row) and way in row for row in rows), client


def test_the_page_of_monitoring_has_every_metric_and_no_other() -> None:
    families = {family.name for family in Operations(SimulatedClock(NOW)).registry.collect()}
    told = set(re.findall(r"\| `(pratique_\w+)`", (ROOT / "docs/how-to/monitoring.md").read_text(encoding="utf-8")))
    assert {name.removesuffix("_total") for name in told} == families


def test_the_unit_of_systemd_is_one_that_systemd_reads(tmp_path: Path) -> None:
    (unit,) = fences(ROOT / "docs/how-to/systemd.md", "ini")
    for line in (line for line in unit.splitlines() if line and not line.startswith("[")):
        assert re.fullmatch(r"[A-Z][A-Za-z]+=.*", line), line
    assert (
        int(re.findall(r"TimeoutStopSec=(\d+)", unit)[0])
        > ServerOptions().finish_seconds + ServerOptions().leave_seconds
    )
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd is not installed here")
    here = unit.replace("/opt/pratique/bin/pratique", sys.executable).replace("User=pratique", "User=root")
    (tmp_path / "pratique.service").write_text(here, encoding="utf-8")
    done = subprocess.run(
        [analyze, "verify", str(tmp_path / "pratique.service")], capture_output=True, text=True, check=False, timeout=60
    )
    said = [line for line in done.stderr.splitlines() if "pratique.service" in line]
    assert (done.returncode, said) == (0, [])


def test_the_container_file_names_what_is_there() -> None:
    (text,) = fences(ROOT / "docs/how-to/container.md", "dockerfile")
    lines = text.splitlines()
    verbs = [line.split()[0] for line in lines]
    assert (verbs[0], verbs[-1]) == ("FROM", "CMD")
    assert set(verbs) <= {"FROM", "COPY", "RUN", "USER", "ENV", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
    assert [line.split()[1] for line in lines if line.startswith("COPY")] == ["requirements/runtime.txt", "."]
    assert all((ROOT / line.split()[1]).exists() for line in lines if line.startswith("COPY"))
    for line in lines:
        if line.startswith(("ENTRYPOINT", "CMD", "HEALTHCHECK")):
            words = json.loads(line[line.index("[") :])
            assert all(isinstance(word, str) for word in words)
    health = json.loads(next(line for line in lines if line.startswith("HEALTHCHECK")).partition("CMD ")[2])
    compile(health[2], "the health check", "exec")
    command = [json.loads(line.partition(" ")[2]) for line in lines[-2:]]
    assert mistake([*command[0], *command[1]][1:]) == ""
