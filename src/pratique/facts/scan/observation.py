"""What views see and rules judge: one thing that a piece of code does or holds, where, and when it would run."""

from enum import IntEnum, StrEnum

import msgspec


class How(IntEnum):
    """How plainly it is written; a larger value is better hidden."""

    LITERAL = 0
    """As it stands."""
    RESOLVED = 1
    """Behind aliases, computed names or texts put together."""
    DECODED = 2
    """In a text that the code decodes."""


class Context(StrEnum):
    """When a piece of code runs."""

    PTH = "pth"
    """At every start of Python: lines of `.pth` and `.start` files."""
    SITECUSTOMIZE = "sitecustomize"
    SETUP_TOP = "setup_top"
    """When the package is built or its metadata are asked for."""
    CMDCLASS = "cmdclass"
    BUILD_BACKEND = "build_backend"
    NPM_LIFECYCLE = "npm_lifecycle"
    GYP = "gyp"
    R_CONFIGURE = "r_configure"
    R_ONLOAD = "r_onload"
    INIT_TOP = "init_top"
    """When the package is imported."""
    MODULE_TOP = "module_top"
    """When one module is imported."""
    MAIN_GUARD = "main_guard"
    FUNCTION = "function"
    """When somebody calls it."""
    NOTEBOOK_CELL = "notebook_cell"
    SHELL = "shell"
    """A script that somebody starts."""
    POWERSHELL = "powershell"
    LOAD = "load"
    """When a data file is read: a pickle, a serialised R object."""
    WORKFLOW = "workflow"
    AGENT_CONFIG = "agent_config"
    """When a folder is opened in an editor or by an agent."""
    TEST = "test"
    DOCS = "docs"


BY_ITSELF = frozenset(
    {
        Context.PTH,
        Context.SITECUSTOMIZE,
        Context.SETUP_TOP,
        Context.CMDCLASS,
        Context.BUILD_BACKEND,
        Context.NPM_LIFECYCLE,
        Context.GYP,
        Context.R_CONFIGURE,
        Context.AGENT_CONFIG,
    }
)
"""Contexts that run without anybody asking for what the code does: at installation, at every start, on opening a folder."""
ON_LOAD = BY_ITSELF | {Context.INIT_TOP, Context.MODULE_TOP, Context.R_ONLOAD, Context.LOAD}
"""Those, and what runs as soon as the package is loaded."""
ASIDE = frozenset({Context.TEST, Context.DOCS, Context.WORKFLOW})
"""Files that quote attacks more often than they make them, or run elsewhere than where a package is installed. They are looked at
like all others, and weigh less."""


class Observation(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One thing seen. `line` counts from 1 in the file `path`, also for code inside a text of that file.

    `inputs` are the labels of what flows into it: of a request that sends the environment, `read.env_all`. `text` is what was
    seen, in at most `SCAN_SEEN_CHARACTERS_MAX` characters; `depth` how many layers were taken off to see it; `unit` tells
    functions of a file apart (0 is its top level); `language` is that of the code.
    """

    label: str
    path: str
    line: int
    context: Context
    language: str
    how: How = How.LITERAL
    inputs: frozenset[str] = frozenset()
    text: str = ""
    depth: int = 0
    unit: int = 0

    def gets(self, *families: str) -> bool:
        """Whether something of one of the families, as `decode.` or a whole label, flows into it."""
        return any(label.startswith(families) for label in self.inputs)

    def by_itself(self) -> bool:
        """Whether it runs without anybody asking for what the code does."""
        return self.context in BY_ITSELF

    def on_load(self) -> bool:
        """Whether it runs as soon as the package is loaded, or earlier."""
        return self.context in ON_LOAD

    def aside(self) -> bool:
        """Whether it is in a test, in documentation, or in a workflow of the project's own builds."""
        return self.context in ASIDE
