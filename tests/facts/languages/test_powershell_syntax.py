"""PowerShell's syntax: what is read as what, and how much of a script fits nowhere."""

import pytest

from pratique.facts.scan.languages.powershell.parser import parse
from pratique.facts.scan.languages.powershell.syntax import (
    Assign,
    Cast,
    Chain,
    Comma,
    Command,
    Each,
    Expandable,
    Function,
    Index,
    Loop,
    Member,
    Option,
    Pipeline,
    Several,
    Statement,
    Switch,
    Table,
    Text,
    Unary,
    Variable,
)


def only(script: str) -> Statement:
    body, parser = parse(script)
    assert len(body) == 1, body
    assert parser.skipped == 0
    return body[0]


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ("$a = 1", Assign),
        ("$a.b += 1", Assign),
        ("$a, $b = 1, 2", Assign),
        ("[int]$a = 1", Assign),
        ("$a[0] = 1", Assign),
        ("$a = $b = 1", Assign),
        ("$a = if ($b) { 1 } else { 2 }", Assign),
        ("Get-Item x", Command),
        ("& $a b", Command),
        (". .\\a.ps1", Command),
        (".\\a.ps1 -b", Command),
        ("7z x a.zip", Command),
        ("%{ 1 }", Command),
        ("a | b | c", Pipeline),
        ("a |\n  b", Pipeline),
        ("a\n| b", Pipeline),
        ("a > b.txt", Pipeline),
        ("a && b || c", Several),
        ("1 + 2 * 3", Chain),
        ("-not $a", Unary),
        ("$i++", Unary),
        ("-join $a", Unary),
        ("[char]65", Cast),
        ("[char[]](1, 2)", Cast),
        ("1, 2, 3", Comma),
        (",$a", Comma),
        ("$a.b.c()", Member),
        ("[Math]::Pi", Member),
        ("$a::b", Member),
        ('"a"."b"()', Member),
        ("$a[0]", Index),
        ("@{ a = 1; 'b' = 2\n c = { d } }", Table),
        ("if ($a) { b } elseif ($c) { d } else { e }", Several),
        ("foreach ($a in $b) { c }", Each),
        ("foreach ($a in 1..3) { c }", Each),
        ("while ($a) { b }", Loop),
        ("do { a } until ($b)", Loop),
        ("for ($i = 0; $i -lt 3; $i++) { a }", Loop),
        ("for (;;) { a }", Loop),
        (":outer while ($a) { break outer }", Loop),
        ("switch -Regex ($a) { 'b' { 1 } { $_ } { 2 } default { 3 } }", Switch),
        ("try { a } catch [System.Exception], [Other] { b } finally { c }", Several),
        ("function a { b }", Function),
        ("function a($b, [int]$c = 3) { d }", Function),
        ("function script:a-b { [CmdletBinding()] param([Parameter(Mandatory = $true)] $c) d }", Function),
        ("filter a { $_ }", Function),
        ("class A : B { [int] $c = 1; A() : base() { } [void] d([int] $e) { f } }", Several),
        ("trap { a }", Several),
        ("param([string] $a = 'b')", Several),
    ],
)
def test_statements_are_told_apart(script: str, kind: type) -> None:
    assert type(only(script)) is kind


def command(script: str) -> Command:
    found = only(script)
    assert isinstance(found, Command)
    return found


def test_words_of_a_command_end_where_they_should() -> None:
    found = command('tool -a 1 -b:$true x,y "q $z" $p\\sub.txt {c} -- --long -e"n"c @s')
    shown = [type(word) for word in found.words]
    assert shown == [
        Option,
        type(found.words[1]),
        Option,
        Comma,
        Expandable,
        Expandable,
        type(found.words[6]),
        Text,
        Text,
        Option,
        Variable,
    ]
    assert [word.name for word in found.words if isinstance(word, Option)] == ["a", "b", "enc"]


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("a 'it''s'", "it's"),
        ('a "say ""x"""', 'say "x"'),
        ('a "`t`"`$"', '\t"$'),
        ('a "`u{41}"', "A"),
        ("a b`\\c", "b\\c"),
        ("a b'c'\"d\"", "bcd"),
        ("a @'\nx 'y'\n'@", "x 'y'"),
        ('a @"\nx "y"\n"@', 'x "y"'),
        ("a http://b/c?d=e", "http://b/c?d=e"),
        ("a C:\\b\\*.txt", "C:\\b\\*.txt"),
        ("a \u201cb\u201d", "b"),
    ],
)
def test_texts_are_read_as_they_are_meant(script: str, text: str) -> None:
    word = command(script).words[0]
    assert isinstance(word, Text)
    assert word.value == text


@pytest.mark.parametrize("script", ["a # b", "a <# b\nc #>", "a `\n", "a\n\n# b\n", "\ufeffa".lstrip("\ufeff")])
def test_remarks_and_ends_of_lines_say_nothing(script: str) -> None:
    assert command(script).words == []


def test_what_is_verbatim_stays_so() -> None:
    assert [word.value for word in command('cmd --% /c "a" & b').words if isinstance(word, Text)] == [
        "--%",
        '/c "a" & b',
    ]


def test_precedence_is_that_of_the_language() -> None:
    found = only("'{0}' -f 1, 2 -eq '1' -and $true")
    assert isinstance(found, Chain)
    assert [operator for operator, _ in found.rest] == ["and"]
    inner = found.first
    assert isinstance(inner, Chain)
    assert [operator for operator, _ in inner.rest] == ["eq"]
    assert isinstance(inner.first, Chain)
    assert inner.first.rest[0][0] == "f"


def test_blocks_in_attributes_are_not_lost() -> None:
    body, _ = parse("function f { param([ValidateScript({ Get-Item x })] $a) }")
    assert any(isinstance(each, Several) and isinstance(each.body[0], Command) for each in body)


@pytest.mark.parametrize(("script", "most"), [("a }", 1), ("'a", 3), ("(a", 1), ("a ) b", 1), ("\x01\x02", 2)])
def test_what_fits_nowhere_is_counted(script: str, most: int) -> None:
    assert 0 <= parse(script)[1].skipped <= most


def test_what_is_no_script_at_all_is_told() -> None:
    from pratique.ecosystems.archive import Member
    from pratique.facts.scan.engine import look

    data = ")}" * 200
    looked = look("demo-1.0.tar.gz", [Member("demo-1.0/a.ps1", len(data), data.encode)])
    assert looked.files["demo-1.0/a.ps1"].has("pkg.unparsable")
