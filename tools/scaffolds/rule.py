"""A detection rule: what the scanner can notice. Its module, and its page with examples that are tests."""

from pathlib import Path
from typing import Final

from tools.scaffolds.files import PACKAGE, module_name, write_new

THEN: Final = "say on its page why it matters; pratique explain {name} shows it"

_CODE: Final = '''"""Calls of `example_marker`, until this says what {id} is about."""

from collections.abc import Iterator

from pratique.facts.scan.rule import Place, Python, Rule
from pratique.facts.scan.views.python import PythonView, Words
from pratique.model.evidence import Confidence, Severity


def detect(view: PythonView) -> Iterator[Place]:
    """Every call of `example_marker`, under whatever name it was imported: replace this by what {id} is about."""
    for unit in view.units:
        for name, call in unit.calls():
            if name.rpartition(".")[2] == "example_marker":
                yield Place(call.lineno, "calls example_marker")


WORDS = Words(("example_marker",))

RULE = Rule("{id}", Severity.INFO, Confidence.LOW, Python(WORDS, detect))
'''

_PAGE: Final = """# {id}

Calls of `example_marker`, until this says what {id} is about.

**Why it matters.** Say what happened to whom, and how this rule would have helped.

**Examples.**

```python title="pkg/flagged.py"
from example_invalid import example_marker as mark


def later():
    return mark("in a function")  # finding


mark("in a module")  # finding
```

```python title="pkg/fine.py"
example_marker = "a name that is never called"
```

**When it is fine.** Say when such code is nothing to worry about.

**What to do.** Say what to do instead.
"""


def write(root: Path, name: str) -> list[Path]:
    """Write a detection rule called `name`, and its page. Raises `SystemExit` for a name that is taken or cannot be used."""
    module = module_name(name)
    folder = root / PACKAGE / "facts/scan/rules"
    return write_new({folder / f"{module}.py": _CODE.format(id=name), folder / f"{module}.md": _PAGE.format(id=name)})
