"""What may come in past the indexes: hosts that a wrapped client may reach, and what is installed that no gate served."""

import re
from dataclasses import dataclass
from typing import Final

from pratique.errors import InvalidInput
from pratique.model.decision import Verdict
from pratique.model.text import quoted

_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?:[1-9][0-9]{0,4}")
_PORT: Final = 443


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """`[elsewhere]`.

    `hosts` are those to which a wrapped client may connect beside its gate, as `name` (port 443) or `name:port`: a git host, an
    advisory service. The others say what follows when something was installed that the gate did not serve: from a `folder` of
    sources, from a `file` (an archive, or a folder of them), by `git`, from a `url`.
    """

    hosts: tuple[str, ...] = ()
    folder: Verdict = Verdict.ALLOW
    file: Verdict = Verdict.HOLD
    git: Verdict = Verdict.HOLD
    url: Verdict = Verdict.HOLD

    def __post_init__(self) -> None:
        named = tuple(host if ":" in host else f"{host}:{_PORT}" for host in self.hosts)
        for written, host in zip(self.hosts, named, strict=True):
            if not _HOST.fullmatch(host):
                raise InvalidInput(
                    f"`elsewhere.hosts`: {quoted(written)} is no host; write name or name:port, in small letters"
                )
        object.__setattr__(self, "hosts", named)

    def verdict(self, kind: str) -> Verdict:
        """What follows for a package that came in one of the four ways; anything else is taken for a file."""
        return {"folder": self.folder, "git": self.git, "url": self.url}.get(kind, self.file)

    def lets_through(self, host: str) -> bool:
        """Whether a client may connect to `name:port`."""
        return host.lower() in self.hosts


ANYWHERE_ELSE: Final = Elsewhere()
"""What holds where a policy says nothing of it."""
