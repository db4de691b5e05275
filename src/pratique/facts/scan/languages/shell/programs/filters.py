"""Programs that read a text and write another: decoders, packers, editors. Of constants, the result is worked out."""

import re
from collections.abc import Callable
from typing import Final

from pratique.facts.scan.decode import LABEL_OF, decoded
from pratique.facts.scan.languages.shell import texts, writing
from pratique.facts.scan.languages.shell.machine import Call, Machine, options
from pratique.facts.scan.languages.shell.programs.interpreters import follow_foreign
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value, joined

_SPACE: Final = (" ", "\n", "\t")


_SECRETS: Final = re.compile(
    r"AKIA|\bgh[ps]_|BEGIN[\w .*]* ?PRIVATE KEY|\bxox[bp]|sk_live_|npm_\[|aws_secret_access_key=?[^ ]*\["
)
"""What secrets look like, as those ask who look for anybody's."""


def read_in(machine: Machine, call: Call, paths: list[Value]) -> Value:
    """What a filter reads: the files it names, or its standard input."""
    if not paths:
        return call.stdin if call.stdin is not None else UNKNOWN
    found = [machine.content_of(each, call) for each in paths]
    return found[0] if len(found) == 1 else joined(found)


def _decoded(decoder: str, given: Value, more: str = "") -> Value:
    label = more or LABEL_OF[decoder]
    labels = given.all_labels()
    layers = labels & {"decode.base", "decode.compress", "decode.cipher"}
    labels |= {label, "decode.layers"} if layers - {label} or (label in layers and decoder == "base64") else {label}
    if given.constant is NOT_KNOWN or (isinstance(given.constant, str) and HOLE in given.constant):
        return Value(labels=labels)
    made = decoded(decoder, given.constant)
    if made is None:
        return Value(labels=labels)
    try:
        return Value(made.decode("utf-8"), labels, how=How.DECODED)
    except UnicodeDecodeError:
        return Value(made, labels, how=How.DECODED)


def _base(decoder: str) -> Callable[[Machine, Call], Value]:
    def run(machine: Machine, call: Call) -> Value:
        flags, paths = options(call.arguments, "w", frozenset({"wrap"}))
        given = read_in(machine, call, paths)
        if not any(flag in ("d", "D", "decode", "di") for flag, _ in flags):
            return Value(labels=given.all_labels())
        machine.emit("decode.base", call, inputs=given.all_labels())
        return _decoded(decoder, given)

    return run


def _xxd(machine: Machine, call: Call) -> Value:
    flags, paths = options(call.arguments, "lscog", frozenset())
    given = read_in(machine, call, paths)
    if not any(flag in ("r", "revert") for flag, _ in flags):
        return Value(labels=given.all_labels())
    machine.emit("decode.base", call, inputs=given.all_labels())
    return _decoded("base16", given)


def _openssl(machine: Machine, call: Call) -> Value:
    words = call.texts
    command = words[0] if words else ""
    if command == "s_client":
        return _client(machine, call)
    given = call.stdin if call.stdin is not None else UNKNOWN
    for place, word in enumerate(words[:-1]):
        if word == "-in":
            given = machine.content_of(call.arguments[place + 1], call)
    found = Value(labels=given.all_labels())
    if ("-d" in words and command in ("base64", "enc")) or command.endswith("-d"):
        plain = command == "base64" or set(words) <= {"enc", "-base64", "-d", "-a", "-A", "-in", *words[-1:]}
        found = _decoded("base64", given) if plain else Value(labels=given.all_labels() | {"decode.cipher"})
        machine.emit("decode.base" if plain else "decode.cipher", call, inputs=given.all_labels())
    for place, word in enumerate(words[:-1]):
        if word == "-out":
            writing.write(machine, call.arguments[place + 1], found, call.line, more=False)
            return UNKNOWN
    return found


def _client(machine: Machine, call: Call) -> Value:
    labels = call.stdin.all_labels() if call.stdin is not None else frozenset[str]()
    if call.stdin is not None and call.stdin.name == "shell":
        machine.emit("proc.shell_plumbing", call)
    machine.emit("net.socket", call, inputs=labels | joined(call.arguments).labels)
    return Value(labels=frozenset({"net.received"}), name="connection")


_PACKED: Final = {"zlib": ".gz", "bz2": ".bz2", "lzma": ".xz"}


def _unpacked(decoder: str, always: bool) -> Callable[[Machine, Call], Value]:  # noqa: FBT001 - a row of the table below
    def run(machine: Machine, call: Call) -> Value:
        flags, paths = options(call.arguments, "STm", frozenset({"suffix", "threads"}))
        given = read_in(machine, call, paths)
        names = {flag for flag, _ in flags}
        if not always and not names & {"d", "decompress", "uncompress"}:
            for path in paths:
                machine.keep(Value(path.text + _PACKED[decoder]), machine.content_of(path, call), more=False)
            return Value(labels=given.all_labels())
        if paths and not names & {"c", "stdout", "to-stdout"} and not always:
            return UNKNOWN
        return _decoded(decoder, given)

    return run


def _rev(machine: Machine, call: Call) -> Value:
    given = read_in(machine, call, call.arguments)
    labels = given.all_labels() | {"decode.cipher"}
    if not given.known:
        return Value(labels=labels)
    return Value("\n".join(line[::-1] for line in given.text.split("\n")), labels, how=How.DECODED)


def _tac(machine: Machine, call: Call) -> Value:
    given = read_in(machine, call, call.arguments)
    if not given.known:
        return Value(labels=given.all_labels())
    lines = given.text.rstrip("\n").split("\n")
    return Value("\n".join(reversed(lines)) + "\n", given.labels, how=How.RESOLVED)


def _tr(machine: Machine, call: Call) -> Value:
    del machine
    given = call.stdin if call.stdin is not None else UNKNOWN
    text = given.text if given.known else ""
    made = texts.translated(call.texts, text)
    labels = given.all_labels()
    if made is None:
        return Value(labels=labels)
    labels |= {"decode.cipher"} if made[1] else frozenset()
    if given.constant is NOT_KNOWN or not given.known:
        return Value(labels=labels)
    return Value(made[0], labels, how=How.DECODED if made[1] else How.RESOLVED)


def _cut(machine: Machine, call: Call) -> Value:
    flags, paths = options(call.arguments, "dfcb", frozenset({"delimiter", "fields", "characters", "bytes"}))
    given = read_in(machine, call, paths)
    made: str | None = None
    if given.known and given.constant is not NOT_KNOWN:
        chosen = {flag: value.text for flag, value in flags}
        text = given.text.rstrip("\n")
        if "c" in chosen or "b" in chosen:
            made = texts.cut_out(chosen.get("c", chosen.get("b", "")), text)
        elif "f" in chosen:
            made = texts.fields_of(chosen.get("d", "\t"), chosen["f"], text)
    return Value(labels=given.all_labels()) if made is None else Value(made + "\n", given.labels, how=How.RESOLVED)


def _sed(machine: Machine, call: Call) -> Value:
    flags, others = options(call.arguments, "efl", frozenset({"expression", "file", "line-length"}))
    scripts = [value for flag, value in flags if flag in ("e", "expression")]
    if not scripts and others:
        scripts, others = others[:1], others[1:]
    if any(flag == "i" or flag.startswith("in-place") for flag, _ in flags):
        _in_place(machine, call, scripts, others)
        return UNKNOWN
    given = read_in(machine, call, others)
    if any(value.text.rstrip().endswith("/e") for value in scripts):
        machine.tell_run(given, call)
    made: str | None = given.text if given.known and given.constant is not NOT_KNOWN else None
    for each in scripts:
        for part in each.text.split(";"):
            made = texts.edited(part.strip(), made) if made is not None else None
    return Value(labels=given.all_labels()) if made is None else Value(made, given.labels, how=How.RESOLVED)


def _in_place(machine: Machine, call: Call, scripts: list[Value], paths: list[Value]) -> None:
    """`sed -i`: what is put into a file is written to it."""
    for path in paths:
        text = "\n".join(each.text for each in scripts)
        writing.write(machine, path, Value(text, joined(scripts).labels), call.line, more=True)


def _part(machine: Machine, call: Call) -> Value:
    """`head` and `tail`: a part of what they read."""
    _, paths = options(call.arguments, "nc", frozenset({"lines", "bytes"}))
    given = read_in(machine, call, [each for each in paths if not each.text.startswith("+")])
    if (
        given.known
        and given.constant is not NOT_KNOWN
        and given.text.count("\n") <= 1
        and not any("c" in word for word in call.texts)
    ):
        return given
    return Value(labels=given.all_labels(), name=given.name if given.name == "connection" else "")


def _cat(machine: Machine, call: Call) -> Value:
    paths = [each for each in call.arguments if not each.text.startswith("-") or each.text == "-"]
    return read_in(machine, call, paths)


def _searched(machine: Machine, call: Call) -> Value:
    """`grep`, `awk` and others whose first argument is no file."""
    _, others = options(call.arguments, "efmABCFvdDk", frozenset({"regexp", "file", "include", "exclude", "max-count"}))
    given = read_in(machine, call, others[1:])
    labels = given.all_labels()
    if call.wanted and any(_SECRETS.search(word) for word in call.texts):
        machine.emit("read.secret_file", call)
        labels |= {"read.secret_file"}
    if call.name in ("awk", "gawk", "mawk") and others:
        labels |= machine.labels_of(others[0].text)
        _awk(machine, others[0].text, call)
        follow_foreign(machine, others[0].text, others[0].how, call)
    return Value(labels=labels)


def _awk(machine: Machine, code: str, call: Call) -> None:
    found = machine.reader.labels_of(code) & {"proc.shell_plumbing"}
    if "/inet/tcp/" in code or found:
        machine.emit("net.socket", call)
        if "|&" in code or "getline" in code or "system(" in code:
            machine.emit("proc.shell_plumbing", call)


def _plain(machine: Machine, call: Call) -> Value:
    """Filters that leave the text's meaning as it is."""
    _, paths = options(call.arguments, "knst", frozenset())
    given = read_in(machine, call, paths)
    return Value(labels=given.all_labels())


def _tee(machine: Machine, call: Call) -> Value:
    given = call.stdin if call.stdin is not None else UNKNOWN
    flags, paths = options(call.arguments, "", frozenset())
    more = any(flag in ("a", "append") for flag, _ in flags)
    for path in paths:
        if path.name != "stream":
            writing.write(machine, path, given, call.line, more=more)
    return given


def _gpg(machine: Machine, call: Call) -> Value:
    given = call.stdin if call.stdin is not None else UNKNOWN
    words = call.texts
    if any(word in ("--export-secret-keys", "--export-secret-subkeys") for word in words):
        machine.emit("read.secrets_store", call)
        return Value(labels=frozenset({"read.secrets_store"}))
    deciphers = any(word in ("-d", "--decrypt") for word in words)
    return Value(labels=given.all_labels() | ({"decode.cipher"} if deciphers else frozenset()))


PROGRAMS: Final = {
    "base64": _base("base64"),
    "gbase64": _base("base64"),
    "base32": _base("base32"),
    "basenc": _base("base64"),
    "uudecode": lambda machine, call: Value(labels=read_in(machine, call, []).all_labels() | {"decode.base"}),
    "xxd": _xxd,
    "openssl": _openssl,
    **dict.fromkeys(("gunzip", "zcat", "gzcat"), _unpacked("zlib", True)),
    **dict.fromkeys(("bunzip2", "bzcat"), _unpacked("bz2", True)),
    **dict.fromkeys(("unxz", "xzcat", "unlzma", "lzcat"), _unpacked("lzma", True)),
    **dict.fromkeys(("gzip", "pigz"), _unpacked("zlib", False)),
    "bzip2": _unpacked("bz2", False),
    **dict.fromkeys(("xz", "lzma"), _unpacked("lzma", False)),
    **dict.fromkeys(("zstd", "brotli", "lz4", "zstdcat"), _plain),
    "rev": _rev,
    "tac": _tac,
    "tr": _tr,
    "cut": _cut,
    "sed": _sed,
    **dict.fromkeys(("head", "tail"), _part),
    "cat": _cat,
    **dict.fromkeys(("grep", "egrep", "fgrep", "zgrep", "rg", "awk", "gawk", "mawk", "jq", "yq"), _searched),
    **dict.fromkeys(
        ("sort", "uniq", "nl", "fold", "fmt", "column", "wc", "strings", "paste", "hexdump", "od", "iconv"), _plain
    ),
    "tee": _tee,
    **dict.fromkeys(("gpg", "gpg2"), _gpg),
}
