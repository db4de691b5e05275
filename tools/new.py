"""Scaffolds. `python -m tools.new condition NAME` writes a condition, its page with examples that are tests, and the registry."""

import argparse
import keyword
import re
from pathlib import Path
from typing import Final

from tools.generate import PACKAGE, ROOT, generate

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")

_CODE: Final = '''"""{title}"""

from dataclasses import dataclass
from typing import ClassVar, Final

from pratique.model.decision import Reason, Remedy, Verdict
from pratique.policy.condition import SECURITY, Case

_ID: Final = "{id}"
_CONTENT: Final = Reason(_ID, Verdict.ALLOW, "its release name is short enough")
_TOO_LONG: Final = Reason(
    _ID,
    Verdict.HOLD,
    "its file name is longer than this policy wants",
    Remedy(do="pratique explain {id}", ask=SECURITY),
)


@dataclass(frozen=True, slots=True)
class {name}:
    """Holds a file whose name is longer than `characters_max`: replace this by what the condition is for."""

    id: ClassVar[str] = _ID
    title: ClassVar[str] = "{title}"
    waivable_by: ClassVar[tuple[str, ...]] = (SECURITY,)

    characters_max: int = 200

    def judge(self, case: Case) -> Reason:
        """HOLD a file whose name is too long; what is unknown is the business of `unknowns`."""
        if len(case.artifact.name) <= self.characters_max:
            return _CONTENT
        return _TOO_LONG
'''

_PAGE: Final = """# {id}

{title}

**Why it matters.** Say what happened to whom, and how this condition would have helped.

**Options.**

| option | default | meaning |
|---|---|---|
| `characters_max` | 200 | the longest project name that comes in |

**Examples.**

```toml
[{id}]
characters_max = 10

[[test]]
name = "a short name comes in"
package = "pkg:pypi/requests@2.31.0"
expect = {{ verdict = "allow" }}

[[test]]
name = "a long one waits"
package = "pkg:pypi/an-example-of-a-long-name@1.0"
expect = {{ verdict = "hold", reason = "{id}" }}
```

**When it is fine.** Say when somebody may lift it.

**What to do.** Say what to do instead.
"""


def condition(root: Path, name: str) -> list[Path]:
    """Write a new condition below `root`; the files written. Raises `SystemExit` for a name that cannot be used."""
    module = name.replace("-", "_")
    if not _NAME.fullmatch(name) or keyword.iskeyword(module):
        raise SystemExit(f"{name} is no name for a condition; one is written like quiet-hours")
    folder = root / PACKAGE / "policy/conditions"
    code, page = folder / f"{module}.py", folder / f"{module}.md"
    if code.exists() or page.exists():
        raise SystemExit(f"there is a condition {name} already")
    words = {"id": name, "name": "".join(part.title() for part in name.split("-")), "title": f"What {name} asks for."}
    code.write_text(_CODE.format(**words), encoding="utf-8")
    page.write_text(_PAGE.format(**words), encoding="utf-8")
    return [code, page, *(root / path for path in generate(root, check=False))]


def main() -> None:
    """Write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["condition"])
    parser.add_argument("name")
    arguments = parser.parse_args()
    for path in condition(ROOT, arguments.name):
        print(f"written: {path.relative_to(ROOT)}")
    print(f"do  make test, and explain it: pratique explain {arguments.name}")


if __name__ == "__main__":
    main()
