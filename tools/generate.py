"""Write what is derived from the code: registries and reference pages.

`python -m tools.generate` writes, `--check` only says what would change and ends with 1 if anything would.

Registries are made from the text of files alone and written first. Pages import the package, and only then: so one run is
enough after a file was added or removed.
"""

import argparse
import ast
import json
import re
import subprocess
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from pratique.model.evidence import Confidence, Severity

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGE: Final = Path("src/pratique")
_LINE_CHARACTERS_MAX: Final = 120


def conditions(root: Path) -> str:
    """The registry of policy conditions: every module in the folder has one class with an `id`."""
    folder = root / PACKAGE / "policy/conditions"
    found = sorted((path.stem, _class_with_id(path)) for path in folder.glob("*.py") if path.stem != "__init__")
    imports = "\n".join(f"from pratique.policy.conditions.{module} import {name}" for module, name in found)
    names = "\n".join(f"    {name}," for _, name in sorted(found, key=lambda pair: pair[1]))
    head = '"""Every condition that ships. Written by `python -m tools.generate`."""\n\nfrom typing import Any\n\n'
    return f"{head}{imports}\n\nCONDITIONS: tuple[type[Any], ...] = (\n{names}\n)\n"


def rules(root: Path) -> str:
    """The registry of detection rules: every module in the folder has a `RULE`."""
    folder = root / PACKAGE / "facts/scan/rules"
    modules = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    names = "\n".join(f"    {module}.RULE," for module in modules)
    return (
        '"""Every detection rule. Written by `python -m tools.generate`."""\n\n'
        "from pratique.facts.scan.rule import Rule\n"
        f"from pratique.facts.scan.rules import {_listed(modules)}\n\n"
        f"RULES: tuple[Rule, ...] = (\n{names}\n)\n"
    )


def languages(root: Path) -> str:
    """The registry of the scanner's languages: every folder has a `LANGUAGE`."""
    folder = root / PACKAGE / "facts/scan/languages"
    found = sorted(path.parent.name for path in folder.glob("*/__init__.py"))
    names = "\n".join(f"    {name}.LANGUAGE.id: {name}.LANGUAGE," for name in found)
    return (
        '"""Every language the scanner reads, by its id. Written by `python -m tools.generate`."""\n\n'
        f"from pratique.facts.scan.languages import {_listed(found)}\n"
        "from pratique.facts.scan.languages.language import Language\n\n"
        f"LANGUAGES: dict[str, Language] = {{\n{names}\n}}\n"
    )


def _listed(modules: Sequence[str]) -> str:
    """Names behind an `import`, as the formatter lays them out."""
    line = ", ".join(modules)
    fits = len(f"from pratique.facts.scan.rules import {line}") <= _LINE_CHARACTERS_MAX
    return line if fits else "(\n" + "".join(f"    {module},\n" for module in modules) + ")"


def questions(root: Path) -> str:
    """The registry of questions: every module in the folder has one, called as the module is, in capitals."""
    folder = root / PACKAGE / "facts/questions"
    found = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    imports = "\n".join(f"from pratique.facts.questions.{module} import {module.upper()}" for module in found)
    names = "\n".join(f"    {module.upper()}," for module in found)
    return (
        '"""Every question that is asked. Written by `python -m tools.generate`."""\n\n'
        "from typing import Any\n\n"
        "from pratique.facts.question import Question\n"
        f"{imports}\n\n"
        f"QUESTIONS: tuple[Question[Any], ...] = (\n{names}\n)\n"
    )


def evidence(root: Path) -> str:
    """Evidence: one field for the answer to each question, of the type that the question names."""
    folder = root / PACKAGE / "facts/questions"
    found = [(path.stem, *_answer(path)) for path in sorted(folder.glob("*.py")) if path.stem != "__init__"]
    imports = sorted(
        {f"from {module} import {name}" for _, module, name in found if not module.endswith("model.evidence")}
    )
    ours = sorted({"Answered", "Unknown", *(name for _, module, name in found if module.endswith("model.evidence"))})
    fields = "\n".join(f"    {question}: {name} | Unknown | None = None" for question, _, name in found)
    checks = "\n            or ".join(
        f'(type(self.{question}) is Unknown and "{question}" in questions)' for question, _, _ in found
    )
    return (
        '"""Everything known about one artifact when it was judged. Written by `python -m tools.generate`."""\n\n'
        "from collections.abc import Container\n\n"
        + "\n".join(imports)
        + f"\nfrom pratique.model.evidence import {', '.join(ours)}\n\n\n"
        "class Evidence(Answered, frozen=True, gc=False):\n"
        '    """The answer to each question of `facts/questions/`, `Unknown` where nobody answered.\n\n'
        "    None where it was never asked: it does not concern this kind of artifact, belongs to a tier that was not reached,\n"
        "    or did not exist when this was recorded. No decision may follow from that. `facts/gather.py` makes evidence, and\n"
        "    `facts/document.py` writes it down and reads it back.\n"
        '    """\n\n'
        f"{fields}\n\n"
        "    def lacks(self, questions: Container[str]) -> bool:\n"
        '        """Whether nobody answered one of these. Spelled out because it runs for every file of a page."""\n'
        f"        return (\n            {checks}\n        )\n"
    )


def verbs(root: Path) -> str:
    """The registry of verbs: every module of the command line that has a `command`, with the sentence of its docstring."""
    found = [verb for path in sorted((root / PACKAGE / "cli").glob("*.py")) if (verb := _verb(path)) is not None]
    lines = "\n".join(f"    {json.dumps(name)}: {json.dumps(sentence)}," for name, sentence in found)
    return (
        '"""Every verb of the command line with its sentence. Written by `python -m tools.generate`."""\n\n'
        f"from typing import Final\n\nVERBS: Final[dict[str, str]] = {{\n{lines}\n}}\n"
    )


def ecosystems(root: Path) -> str:
    """The registry of ecosystems: every folder has an `ECOSYSTEM`."""
    folder = root / PACKAGE / "ecosystems"
    found = sorted(path.parent.name for path in folder.glob("*/ecosystem.py"))
    imports = "\n".join(
        f"from pratique.ecosystems.{name}.ecosystem import ECOSYSTEM as {name.upper()}" for name in found
    )
    names = ", ".join(name.upper() for name in found)
    return (
        '"""How each world speaks: bytes in, values out, and back. Written by `python -m tools.generate`."""\n\n'
        "from collections.abc import Mapping\nfrom typing import Final\n\n"
        f"{imports}\n"
        "from pratique.model.artifact import Ecosystem as ArtifactKind\n"
        "from pratique.model.ecosystem import Ecosystem\n\n"
        f"ECOSYSTEMS: Final[Mapping[ArtifactKind, Ecosystem]] = {{each.kind: each for each in ({names},)}}\n"
    )


def settings_page(root: Path) -> str:
    """Every setting with its variable, default and sentence, section by section."""
    from pratique.settings import OPTIONS, PROJECT_OPTIONS, Option

    del root
    sections: dict[str, list[Option]] = {}
    for option in OPTIONS.values():
        sections.setdefault(option.key.rpartition(".")[0].replace("*", "NAME"), []).append(option)
    parts = [_SETTINGS_HEAD]
    for section, options in sections.items():
        parts.append(f"## `[{section}]`\n" if section else "## At the top\n")
        parts.append("| setting | variable | default | a project may | what it does |\n|---|---|---|---|---|")
        for option in options:
            name = option.key.rpartition(".")[2]
            may = "yes" if option.key.startswith(PROJECT_OPTIONS) else ""
            parts.append(f"| `{name}` | `{option.variable}` | `{_toml(option.default)}` | {may} | {option.sentence} |")
        parts.append("")
    return "\n".join(parts)


_SETTINGS_HEAD: Final = """# Settings

Each option stands in a file called `pratique.toml`, in a variable of the environment, or on the command line. What comes later
in this list wins:

1. the machine's file: `/etc/xdg/pratique/pratique.toml`, or `pratique/pratique.toml` in a folder of `XDG_CONFIG_DIRS`;
2. the user's file: `~/.config/pratique/pratique.toml`, or in `XDG_CONFIG_HOME`;
3. the project's file: the nearest one from the current folder up to the top of its repository; outside of a repository only the
   current folder's. It may only narrow: set what the table marks, and a scope that is at least as strict as the one that
   would hold without it;
4. variables of the environment; several values are separated by commas, and `_` in an index's name stands for a hyphen;
5. the command line.

`pratique settings` says what holds here, and which of these set it.

```toml
policy = "/etc/pratique/policy.toml"

[server]
port = 8470

[index.internal]
url = "https://index.example/internal/simple/"

[index.public]
url = "https://index.example/simple/"
```
"""


def _toml(value: object) -> str:
    """A value as it would stand in a file."""
    return json.dumps(list(value) if isinstance(value, tuple) else value)


def conditions_page(root: Path) -> str:
    """The conditions' own pages, one after another."""
    folder = root / PACKAGE / "policy/conditions"
    pages = [path.read_text(encoding="utf-8").strip() for path in sorted(folder.glob("*.md"))]
    body = "\n\n".join(page.replace("\n# ", "\n## ").replace("# ", "## ", 1) for page in pages)
    return f"# Conditions\n\nAs `pratique explain <condition>` shows them.\n\n{body}\n"


def facts_page(root: Path) -> str:
    """The words that read the request itself, then the questions' own pages, one after another."""
    from pratique.facts.docs import page, question_ids
    from pratique.policy.vocabulary import VOCABULARY, CaseWord

    del root
    words = [word for word in VOCABULARY.values() if isinstance(word, CaseWord)]
    table = "\n".join(f"| `{word.name}` | {word.kind.value} | {word.says} |" for word in words)
    pages = [page(question).strip() for question in question_ids()]
    body = "\n\n".join(text.replace("# ", "## ", 1) for text in pages)
    return (
        "# Facts\n\nWhat is asked of an artifact, as `pratique explain <question>` shows it, and the words in which `[[rule]]` "
        "and `[[test]]` speak of the answers.\n\nWords of the request itself, which are always known:\n\n"
        f"| word | value | meaning |\n|---|---|---|\n{table}\n\n{body}\n"
    )


def rules_page(root: Path) -> str:
    """Every detection rule: how bad and how sure its findings are on its own page, and what it is about."""
    from pratique.facts.scan.rules import RULES
    from pratique.model.evidence import Confidence, Severity

    rows = []
    for rule in RULES:
        text = (root / PACKAGE / f"facts/scan/rules/{rule.id.replace('-', '_')}.md").read_text(encoding="utf-8")
        marks = _RULE_MARK.findall(text)
        bad = {Severity[mark[0].upper()] if mark[0] else rule.severity for mark in marks} or {rule.severity}
        sure = {Confidence[mark[1].upper()] if mark[1] else rule.confidence for mark in marks} or {rule.confidence}
        what = text.split("\n\n")[1].replace("\n", " ")
        rows.append(f"| `{rule.id}` | {_span(bad)} | {_span(sure)} | {what} |")
    return _RULES_HEAD + "\n".join(rows) + "\n"


_RULE_MARK: Final = re.compile(r"  \S+ finding(?:: ([a-z]+)(?:, ([a-z]+) confidence)?)?$", re.MULTILINE)
_RULES_HEAD: Final = """# Detection rules

What the scanner can notice. `pratique explain <rule>` shows the page of one: why it matters, examples, when it is fine, what
to do. A finding that is critical with high confidence makes an artifact malicious; one that is high, with medium confidence,
suspicious. Which of these a place is depends on when it runs and on what flows into it: the table shows the range.

| rule | how bad | how sure | what |
|---|---|---|---|
"""


def _span(found: "Collection[Severity] | Collection[Confidence]") -> str:
    """From the least to the most, in words."""
    least, most = min(found).name.lower(), max(found).name.lower()
    return least if least == most else f"{least} to {most}"


def words_page(root: Path) -> str:
    """The words of an organisation's rules."""
    from tools.words import page

    return page(root)


def errors_page(root: Path) -> str:
    """The tree of errors."""
    text = ast.get_docstring(ast.parse((root / PACKAGE / "errors.py").read_text(encoding="utf-8"))) or ""
    return f"# Errors\n\n```text\n{text}\n```\n"


def limits_page(root: Path) -> str:
    """Every limit, under the sentence it stands below in the code."""
    lines = ["# Limits", ""]
    for line in (root / PACKAGE / "model/limits.py").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            lines += ["", f"## {line[2:].rstrip('.')}", "", "| limit | value |", "|---|---|"]
        elif ": Final = " in line:
            name, _, value = line.partition(": Final = ")
            lines.append(f"| `{name}` | {value} |")
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def command_line_page(root: Path) -> str:
    """Every verb's own help, and the exit codes."""
    from pratique.cli.exit_codes import MEANINGS, Exit
    from pratique.cli.main import Verbs
    from pratique.cli.main import main as command_line

    del root
    codes = "\n".join(f"| {code.value} | {code.name.lower().replace('_', ' ')} | {MEANINGS[code]} |" for code in Exit)
    parts = ["# Command line", "", "| exit code | name | meaning |", "|---|---|---|", codes, ""]
    group = command_line
    context = click.Context(group, info_name="pratique")
    if isinstance(group, Verbs):
        for verb in group.list_commands(context):
            command = group.get_command(context, verb)
            if command is not None:
                parts += _help(command, context, f"pratique {verb}")
    return "\n".join(parts) + "\n"


OUTPUTS: Final[dict[Path, Callable[[Path], str]]] = {
    PACKAGE / "policy/conditions/__init__.py": conditions,
    PACKAGE / "ecosystems/__init__.py": ecosystems,
    PACKAGE / "facts/questions/__init__.py": questions,
    PACKAGE / "facts/evidence.py": evidence,
    PACKAGE / "facts/scan/rules/__init__.py": rules,
    PACKAGE / "facts/scan/languages/__init__.py": languages,
    PACKAGE / "cli/verbs.py": verbs,
    Path("docs/reference/settings.md"): settings_page,
    Path("docs/reference/conditions.md"): conditions_page,
    Path("docs/reference/facts.md"): facts_page,
    Path("docs/reference/rules.md"): rules_page,
    Path("docs/reference/words.md"): words_page,
    Path("docs/reference/errors.md"): errors_page,
    Path("docs/reference/limits.md"): limits_page,
    Path("docs/reference/command-line.md"): command_line_page,
}


def formatted(path: Path, text: str) -> str:
    """Code as `make fix` leaves it, however many names there are; other texts as they are."""
    if path.suffix != ".py":
        return text
    for command in (["check", "--quiet", "--fix-only", "--select", "I"], ["format", "--quiet"]):
        line = [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(path), "-"]
        text = subprocess.run(line, input=text, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own linter
    return text


def generate(root: Path, *, check: bool) -> list[Path]:
    """Write every output that differs, or with `check` only find them; the paths that differ."""
    different: list[Path] = []
    for path, make in OUTPUTS.items():
        target, text = root / path, formatted(path, make(root))
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            different.append(path)
            if not check:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
    return different


def _verb(path: Path) -> tuple[str, str] | None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if not any(isinstance(node, ast.FunctionDef) and node.name == "command" for node in tree.body):
        return None
    name = path.stem.replace("_", "-")
    said, _, sentence = (ast.get_docstring(tree) or "").partition("\n")[0].partition(": ")
    if said != f"`pratique {name}`" or not sentence:
        raise SystemExit(f"{path} does not begin with: `pratique {name}`: what it does.")
    return name, sentence[:1].upper() + sentence[1:]


def _class_with_id(path: Path) -> str:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            fields = [
                each.target.id
                for each in node.body
                if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
            ]
            if "id" in fields:
                return node.name
    raise SystemExit(f"{path} has no class with an `id`; CONTRIBUTING says how a condition looks")


def _answer(path: Path) -> tuple[str, str]:
    """The module and the name of the type that a question's `answer` is."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    keywords = (node for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "answer")
    name = next((node.value.id for node in keywords if isinstance(node.value, ast.Name)), "")
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return f"pratique.facts.questions.{path.stem}", name
        if isinstance(node, ast.ImportFrom) and node.module and name in {each.name for each in node.names}:
            return node.module, name
    raise SystemExit(f"{path} names no `answer` type; CONTRIBUTING says how a question looks")


def _help(command: click.Command, parent: click.Context, name: str) -> list[str]:
    context = click.Context(command, info_name=name.rpartition(" ")[2], parent=parent)
    context.max_content_width = context.terminal_width = 100
    parts = [f"## {name}", "", "```text", command.get_help(context).rstrip(), "```", ""]
    if isinstance(command, click.Group):
        for verb, inner in sorted(command.commands.items()):
            parts += _help(inner, context, f"{name} {verb}")
    return parts


def main() -> None:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say what would change")
    check: bool = parser.parse_args().check
    different = generate(ROOT, check=check)
    for path in different:
        print(f"{'out of date' if check else 'written'}: {path}")
    if check and different:
        print("do  make generate")
        sys.exit(1)


if __name__ == "__main__":
    main()
