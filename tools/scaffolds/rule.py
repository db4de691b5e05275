"""A detection rule: what the scanner can notice. Its module, and its page with examples that are tests."""

from pathlib import Path
from typing import Final

from tools.scaffolds.files import PACKAGE, module_name, write_new

THEN: Final = "say on its page why it matters; pratique explain {name} shows it"

_CODE: Final = '''"""The clipboard is read, until this says what {id} is about."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """Everything that reads the clipboard, in whatever language: replace this by what {id} is about."""
    for seen in view.each("read.clipboard"):
        if not seen.aside():
            yield at(seen, "reads the clipboard", severity=Severity.LOW if seen.on_load() else None)


RULE = Rule("{id}", Severity.INFO, Confidence.LOW, Seen(("read.clipboard",), detect))
'''

_PAGE: Final = """# {id}

The clipboard is read, until this says what {id} is about.

**Why it matters.** Say what happened to whom, and how this rule would have helped.

**Examples.**

```python title="pkg/flagged.py"
import pyperclip


def later():
    return pyperclip.paste()  # finding: info, low confidence
```

```python title="pkg/flagged_too.py"
from pyperclip import paste as take

text = take()  # finding: low
```

```python title="pkg/fine.py"
import pyperclip


def copy(text):
    pyperclip.copy(text)
```

```python title="tests/test_fine.py"
import pyperclip

assert pyperclip.paste() == "text"
```

**When it is fine.** Say when such code is nothing to worry about.

**What to do.** Say what to do instead.
"""


def write(root: Path, name: str) -> list[Path]:
    """Write a detection rule called `name`, and its page. Raises `SystemExit` for a name that is taken or cannot be used."""
    module = module_name(name)
    folder = root / PACKAGE / "facts/scan/rules"
    return write_new({folder / f"{module}.py": _CODE.format(id=name), folder / f"{module}.md": _PAGE.format(id=name)})
