"""A condition: what policy can require. Its class, and its page with examples that are tests."""

from pathlib import Path
from typing import Final

from tools.scaffolds.files import PACKAGE, class_name, module_name, write_new

THEN: Final = "say on its page why it matters; pratique explain {name} shows it"

_CODE: Final = '''"""{title}"""

from dataclasses import dataclass
from typing import ClassVar, Final

from pratique.model.decision import Reason, Remedy, Verdict
from pratique.policy.condition import SECURITY, Case

_ID: Final = "{id}"
_CONTENT: Final = Reason(_ID, Verdict.ALLOW, "the project's name is short enough")
_TOO_LONG: Final = Reason(
    _ID,
    Verdict.HOLD,
    "the project's name is longer than this policy wants",
    Remedy(do="pratique explain {id}", ask=SECURITY),
)


@dataclass(frozen=True, slots=True)
class {name}:
    """Holds a project whose name is longer than `characters_max`: replace this by what the condition is for."""

    id: ClassVar[str] = _ID
    title: ClassVar[str] = "{title}"
    waivable_by: ClassVar[tuple[str, ...]] = (SECURITY,)

    characters_max: int = 200

    def judge(self, case: Case) -> Reason:
        """HOLD a name that is too long; what is unknown is the business of `unknowns`."""
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


def write(root: Path, name: str) -> list[Path]:
    """Write a condition called `name`, and its page. Raises `SystemExit` for a name that is taken or cannot be used."""
    module = module_name(name)
    words = {"id": name, "name": class_name(name), "title": f"What {name} asks for."}
    folder = root / PACKAGE / "policy/conditions"
    return write_new(
        {folder / f"{module}.py": _CODE.format(**words), folder / f"{module}.md": _PAGE.format(**words)},
    )
