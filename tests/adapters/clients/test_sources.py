"""Which places texts, variables and files name: what each is called there, on which line it stands, and which are none."""

from pathlib import Path

import pytest

from pratique.adapters.clients.sources import Named, files_in, in_arguments, in_environment, in_files, in_text
from pratique.errors import InvalidInput

HERE = "https://index.example/simple/"
THERE = "https://other.example/simple/"
GIT = "https://git.example/x"
WHEEL = "https://files.example/x-1.0-py3-none-any.whl"
PROJECT = '[project]\nname = "x"\nversion = "1"\n'


def in_file(path: Path, content: str, tool: str = "uv") -> list[Named]:
    """The places that one file of this content names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return in_files([path], tool)[0]


@pytest.mark.parametrize(
    ("text", "direct"),
    [
        (HERE, False),
        ("https://a+b:secret@index.example/simple/", False),
        ("https://index.example/a+b/simple/", False),
        ("ssh://git.example/x", True),
        ("git+https://git.example/x", True),
        ("git://git.example/x", True),
        ("https://files.example/x-1.0.tar.gz", True),
        ("https://files.example/x-1.0.ZIP#sha256=00", True),
        ("https://files.example/x-1.0.zip?signature=00#egg=x", True),
        ("https://index.example/x.zip/simple/", False),
        ("https://files.example/archive/main", False),
        ("x @ https://files.example/archive/main", True),
        ("x@https://files.example/archive/main", True),
    ],
)
def test_files_and_repositories_are_told_from_indexes(text: str, *, direct: bool) -> None:
    [place] = in_arguments([text])
    assert place.direct is direct
    assert place.where == "the command line"


@pytest.mark.parametrize("text", ["({})", "[{}]", "see {}.", "<{}>", '"{}"', "'{}', and more", "{{{}}}"])
def test_marks_around_a_url_are_no_part_of_it(text: str) -> None:
    assert [each.url for each in in_text(text.format("https://index.example/simple"), "")] == [
        "https://index.example/simple"
    ]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (f"pt={HERE}", ["pt"]),
        (f"--index=pt={HERE}", ["pt"]),
        (f"--index pytorch-cpu={HERE}", ["pytorch-cpu"]),
        (f"a={HERE} b={THERE} {HERE} torch={THERE}", ["a", "b", "", "torch"]),
        (f"--index-url={HERE}", [""]),
        (f"-i {HERE}", [""]),
        (f"demo @ {HERE}", [""]),
        (f"ab {HERE}", [""]),
    ],
)
def test_an_index_has_the_name_that_is_given_with_it_and_an_option_is_no_name(text: str, labels: list[str]) -> None:
    assert [each.label for each in in_arguments([text])] == labels


def test_variables_of_other_programs_and_those_for_publishing_name_no_places() -> None:
    environment = {
        "HOMEPAGE": THERE,
        "PIP_PROXY": "http://proxy.example:3128",
        "UV_DEFAULT_INDEX": HERE,
        "UV_INDEX": f"pt={THERE}",
        "UV_PUBLISH_URL": "https://upload.example/",
    }
    assert list(in_environment(environment, ("UV_", "PIP_"), ("UV_DEFAULT_INDEX",))) == [
        Named(THERE, "the variable UV_INDEX", label="pt")
    ]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("r.txt", True),
        ("-rr.txt", True),
        ("-cr.txt", True),
        ("--requirement=r.txt", True),
        ("xyr.txt", False),
        ("gone.txt", False),
        ("r", False),
        ("", False),
        ("x" * 5000 + ".txt", False),
        ("r.txt\0", False),
    ],
)
def test_a_file_is_read_where_a_word_names_it_and_not_where_a_word_only_ends_so(
    tmp_path: Path, word: str, *, found: bool
) -> None:
    for name in ("r", "r.txt"):
        (tmp_path / name).touch()
    assert set(files_in([word], tmp_path)) == ({tmp_path / "r.txt"} if found else set())


def test_a_file_whose_name_has_an_equals_sign_is_found_behind_an_option(tmp_path: Path) -> None:
    (tmp_path / "a=b.txt").touch()
    assert files_in(["--requirement=a=b.txt"], tmp_path) == [tmp_path / "a=b.txt"]


@pytest.mark.parametrize("comment", ["# -i {}", "  # -i {}", "\t# -i {}", "demo # see {}"])
def test_comments_of_requirements_name_no_places(tmp_path: Path, comment: str) -> None:
    text = f"{comment.format(THERE)}\n--find-links {HERE}\n"
    path = tmp_path / "r.txt"
    assert in_file(path, text) == [Named(HERE, f"{path}, line 2")]


def test_a_file_that_is_named_twice_is_read_once_and_those_behind_it_are_read_too(tmp_path: Path) -> None:
    deep = tmp_path / "deep"
    deep.mkdir()
    (tmp_path / "r.txt").write_text("-r deep/a.txt\n-c missing.txt\n", encoding="utf-8")
    (deep / "a.txt").write_text("-r ../r.txt\n-r b.txt\n", encoding="utf-8")
    (deep / "b.txt").write_text(f"-i {THERE}\n", encoding="utf-8")
    named, read = in_files([tmp_path / "r.txt", tmp_path / "r.txt"], "pip")
    assert [each.resolve() for each in read] == [tmp_path / "r.txt", deep / "a.txt", deep / "b.txt"]
    assert [(each.url, each.where) for each in named] == [(THERE, f"{deep / 'b.txt'}, line 1")]


@pytest.mark.parametrize(
    ("name", "text"),
    [("uv.toml", "index = ["), ("s.py", "# /// script\n# dependencies = [\n# ///\n"), ("uv.lock", "= 3")],
)
def test_a_file_that_cannot_be_read_is_refused_by_its_name(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        in_file(tmp_path / name, text)
    assert str(refused.value).startswith(f"{tmp_path / name} cannot be read: ")


def test_a_script_without_a_block_names_nothing_and_one_with_a_block_only_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "s.py"
    assert in_file(path, f'print("{HERE}")\n') == []
    block = f'# /// script\n#\n# dependencies = ["x @ {GIT}"]\n#\n# [tool.uv]\n# find-links = ["{THERE}"]\n# ///\n'
    assert in_file(path, f'{block}print("{HERE}")\n') == [
        Named(GIT, f"{path}, line 3", direct=True),
        Named(THERE, f"{path}, line 6"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        f'[project]\ndependencies = [\n"x @ {GIT}"]\n',
        f'[project]\n[project.optional-dependencies]\nmore = ["x @ {GIT}"]\n',
        f'\n[dependency-groups]\ndev = ["x @ {GIT}"]\n',
        f'\n[build-system]\nrequires = ["x @ {GIT}"]\n',
        f'\n[build-system]\nrequires = ["{GIT}"]\n',
        f'\n[tool.uv.sources]\nx = {{ git = "{GIT}" }}\n',
        f'\n[tool.uv]\ndev-dependencies = ["x @ {GIT}"]\n',
    ],
)
def test_what_a_project_depends_on_by_an_address_is_past_every_index(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pyproject.toml"
    assert in_file(path, text) == [Named(GIT, f"{path}, line 3", direct=True)]


def test_an_index_of_a_project_is_known_by_its_name_and_for_what_it_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    named = in_file(
        path,
        f'[[tool.uv.index]]\nname = "torch"\nurl = "{THERE}"\nexplicit = true\n'
        f'[[tool.uv.index]]\nurl = "{HERE}"\nexplicit = false\n',
    )
    assert named == [
        Named(THERE, f"{path}, line 3", label="torch", explicit=True),
        Named(HERE, f"{path}, line 6"),
    ]


def test_where_a_project_is_published_is_no_place_and_hides_none(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    named = in_file(
        path,
        '[tool.uv]\npublish-url = "https://upload.example/"\n'
        f'[[tool.uv.index]]\nname = "own"\nurl = "{THERE}"\npublish-url = "https://upload.example/own/"\n',
    )
    assert named == [Named(THERE, f"{path}, line 5", label="own")]


def test_of_a_project_of_poetrys_only_what_it_installs_from_is_a_place(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    text = (
        '[tool.poetry]\nhomepage = "https://home.example/"\n[tool.poetry.urls]\nissues = "https://issues.example/"\n'
        f'[tool.poetry.dependencies]\nx = {{ git = "{GIT}" }}\n[[tool.poetry.source]]\nname = "o"\nurl = "{THERE}"\n'
    )
    assert in_file(path, text, "poetry") == [
        Named(GIT, f"{path}, line 6", direct=True),
        Named(THERE, f"{path}, line 9", label="o"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "line", "url", "direct"),
    [
        ("uv.lock", 'source = {{ registry = "{}" }}', 3, THERE, False),
        ("uv.lock", 'source = {{ git = "{}" }}', 3, f"{GIT}?rev=main#00", True),
        ("uv.lock", 'source = {{ url = "{}" }}', 3, WHEEL, True),
        ("uv.lock", 'source = {{ url = "{}" }}', 3, "https://files.example/archive/main", True),
        ("poetry.lock", '[package.source]\ntype = "legacy"\nurl = "{}"', 5, THERE, False),
        ("poetry.lock", '[package.source]\ntype = "git"\nurl = "{}"', 5, GIT, True),
        ("pylock.toml", 'index = "{}"', 3, THERE, False),
        ("pylock.toml", '[packages.vcs]\ntype = "git"\nurl = "{}"', 5, GIT, True),
        ("pylock.toml", '[packages.archive]\nurl = "{}"', 4, "https://files.example/archive/main", True),
    ],
)
def test_where_a_locked_package_is_from_is_a_place_with_its_line(
    tmp_path: Path, name: str, content: str, line: int, url: str, *, direct: bool
) -> None:
    path = tmp_path / name
    table = "packages" if name == "pylock.toml" else "package"
    text = f'[[{table}]]\nname = "x"\n{content.format(url)}\n[[{table}]]\nname = "y"\n'
    assert in_file(path, text) == [Named(url, f"{path}, line {line}", direct=direct)]


def test_the_files_of_a_locked_package_are_no_places_for_its_index_is_one(tmp_path: Path) -> None:
    path = tmp_path / "uv.lock"
    package = f'[[package]]\nname = "x"\nsource = {{ registry = "{THERE}" }}\nwheels = [{{ url = "{WHEEL}" }}]\n'
    assert {each.where for each in in_file(path, package + package)} == {f"{path}, line 3"}, "the first that names it"


@pytest.mark.parametrize("odd", ['source = "x"', "source = 3", "index = 3", "source = { registry = 3 }", "vcs = 3"])
def test_a_lock_of_another_shape_names_nothing(tmp_path: Path, odd: str) -> None:
    assert in_file(tmp_path / "uv.lock", f'[[package]]\nname = "x"\n{odd}\n') == []


def test_a_package_of_a_lock_is_read_in_the_words_of_every_client(tmp_path: Path) -> None:
    text = """[[packages]]
name = "x"
vcs = { url = "https://one.example/x.git" }
source = { git = "https://two.example/x.git" }
"""
    (tmp_path / "pylock.toml").write_text(text, encoding="utf-8")
    named, _ = in_files([tmp_path / "pylock.toml"], "uv")
    assert [(each.url, each.where.rpartition(", ")[2], each.direct) for each in named] == [
        ("https://one.example/x.git", "line 3", True),
        ("https://two.example/x.git", "line 4", True),
    ]
