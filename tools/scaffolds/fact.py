"""A fact: a question that is asked of artifacts. Its answer and its words, and its page with examples that are tests."""

from pathlib import Path
from typing import Final

from tools.scaffolds.files import PACKAGE, class_name, module_name, write_new

THEN: Final = "gather its answer (facts/gather.py says how); pratique explain {name} shows its page"

_CODE: Final = '''"""{title}"""

from typing import Final, final

import msgspec

from pratique.facts.question import Kind, Question, Word
from pratique.model.decision import Verdict
from pratique.model.evidence import Level, Tier, Unknown


@final
class {name}(msgspec.Struct, frozen=True, gc=False, tag="{tag}", omit_defaults=True):
    """Replace this by what is known once the question is answered."""

    found: bool


{constant}: Final = Question(
    id="{id}",
    answer={name},
    asks="whether it has {words}",
    source="nobody yet",
    unanswered=Unknown("{words}", "nobody looks for it yet"),
    benign=lambda _: {name}(found=False),
    told=lambda answer: "yes" if answer.found else "no",
    words=(
        Word(
            "{id}.found",
            Kind.YES_NO,
            "whether it has {words}",
            lambda answer, _: answer.found,
            lambda _, found, __: {name}(found),
        ),
    ),
    tier=Tier.INDEX,
    level=Level.FILE,
    unknown=Verdict.ALLOW,
)
'''

_PAGE: Final = """# {id}

{title}

**Why it matters.** Say what happened to whom, and how knowing this would have helped.

**The answer.** Say what is known, and from where.

**When it is unknown.** Say who may keep silent, and why.

**Examples.**

```toml
[[rule]]
id = "no-{tag}"
when = "{id}.found"
then = "hold"
why = "It has {words}."
do = "look at it"

[[test]]
name = "a file that has it waits"
given = {{ {id}.found = true }}
expect = {{ verdict = "hold", reason = "no-{tag}" }}

[[test]]
name = "one that has not comes in"
expect = {{ verdict = "allow" }}
```
"""


def write(root: Path, name: str) -> list[Path]:
    """Write a question called `name`, and its page. Raises `SystemExit` for a name that is taken or cannot be used."""
    module = module_name(name)
    spoken = name.replace("-", " ")
    words = {
        "id": module,
        "constant": module.upper(),
        "tag": name,
        "name": class_name(name),
        "words": spoken,
        "title": f"What is known about {spoken}.",
    }
    folder = root / PACKAGE / "facts/questions"
    return write_new(
        {folder / f"{module}.py": _CODE.format(**words), folder / f"{module}.md": _PAGE.format(**words)},
    )
