"""A bounded waiver: for whom, from whom, why, and until when."""

from datetime import datetime

import msgspec

from pratique.model.scope import ScopeName


class Waiver(msgspec.Struct, frozen=True, omit_defaults=True):
    """Lifts one condition for one purl pattern in some scopes until it expires.

    `package` is a purl whose version may be a range of its ecosystem or `*`: `pkg:pypi/psycopg2@2.9.*`; `file_name` and
    `checksum` behind it mean one file (`policy/pattern.py`). `approver_group` must
    be one the condition accepts. `uses_max` 0 means unlimited.

    One that names a `finding` (`facts/looked.py`) accepts that one place in those very bytes, and nothing else: a file is let in
    for it only when everything that worries in it is accepted. Its `package` says in which bytes, for people.
    """

    id: str
    condition: str
    package: str
    scopes: tuple[ScopeName, ...]
    owner: str
    approved_by: str
    approver_group: str
    reason: str
    expires: datetime
    uses_max: int = 0
    finding: str = ""
