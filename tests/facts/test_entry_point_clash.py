"""What a source distribution brings of another world says nothing of whose commands it may install."""

from pratique.ecosystems.archive import Member
from pratique.facts.scan.engine import look


def test_a_manifest_of_npm_beside_a_project_does_not_rename_it() -> None:
    files = {
        "django-5.2/package.json": b'{"name": "Django", "bin": {}}',
        "django-5.2/pyproject.toml": b'[project]\nname = "django"\n[project.scripts]\ndjango-admin = "django.core:main"\n',
    }
    members = [Member(path, len(data), lambda data=data: data) for path, data in files.items()]  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    assert [each.rule for each in look("django-5.2.tar.gz", members).findings] == []
    assert [each.rule for each in look("djanga-5.2.tar.gz", members).findings] == ["entry-point-clash"]
