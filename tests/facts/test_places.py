"""When a file runs, as far as its path says; and that nobody's choice of a name makes it weigh less."""

import pytest

from pratique.facts.scan.observation import Context
from pratique.facts.scan.places import context_of

C = Context


@pytest.mark.parametrize(
    ("path", "wheel", "context"),
    [
        ("demo-1.0/setup.py", False, C.SETUP_TOP),
        ("setup.py", False, C.SETUP_TOP),
        ("demo-1.0/a/setup.py", False, C.MODULE_TOP),
        ("setup.py", True, C.MODULE_TOP),
        ("x.pth", True, C.PTH),
        ("demo-1.0/tests/x.pth", False, C.PTH),
        ("sitecustomize.py", True, C.SITECUSTOMIZE),
        ("a/usercustomize/__init__.py", True, C.SITECUSTOMIZE),
        ("a/__init__.py", True, C.INIT_TOP),
        ("a/__main__.py", True, C.MAIN_GUARD),
        ("a/b.py", True, C.MODULE_TOP),
        ("a/tests/b.py", True, C.TEST),
        ("a/test_b.py", True, C.TEST),
        ("a/b_test.py", True, C.TEST),
        ("demo-1.0/conftest.py", False, C.TEST),
        ("demo-1.0/docs/conf.py", False, C.DOCS),
        ("demo-1.0/readme.md", False, C.DOCS),
        ("demo-1.0/examples/a.ipynb", False, C.NOTEBOOK_CELL),
        ("demo-1.0/.vscode/tasks.json", False, C.AGENT_CONFIG),
        ("demo-1.0/.github/workflows/a.yml", False, C.WORKFLOW),
        ("pkg/configure", False, C.R_CONFIGURE),
        ("package/binding.gyp", False, C.GYP),
        ("a/b.ps1", True, C.POWERSHELL),
        ("a/b.sh", True, C.SHELL),
        ("a/b.pkl", True, C.LOAD),
    ],
)
def test_a_path_says_when_a_file_runs(path: str, wheel: bool, context: Context) -> None:  # noqa: FBT001 - a row
    assert context_of(path, wheel=wheel) is context


@pytest.mark.parametrize(
    ("path", "wheel", "project"),
    [
        ("tests/a.py", False, "demo"),
        ("docs/demo/a.py", False, "demo"),
        ("demo/a.py", True, "demo"),
        ("my_tests-1.0/tests/a.py", False, "tests"),
        ("examples/a.py", True, "examples"),
        ("a/demo/b.py", True, "demo"),
    ],
)
def test_a_folder_with_the_projects_name_or_around_all_makes_no_test_of_a_module(
    path: str,
    wheel: bool,  # noqa: FBT001 - a row
    project: str,
) -> None:
    assert context_of(path, wheel=wheel, project=project) is C.MODULE_TOP


def test_tests_of_a_project_are_tests_all_the_same() -> None:
    assert context_of("demo-1.0/tests/demo/a.py", wheel=False, project="demo") is C.TEST
    assert context_of("tests/a.py", wheel=True, project="demo") is C.TEST
