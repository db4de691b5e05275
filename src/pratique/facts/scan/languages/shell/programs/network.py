"""Programs that fetch and send: what of the script goes out through them, and where what comes in goes."""

import re
from typing import Final

from pratique.facts.scan.languages.shell import writing
from pratique.facts.scan.languages.shell.machine import Call, Machine, everything, options
from pratique.facts.scan.value import HOLE, UNKNOWN, Value, joined

_CURL_SHORT: Final = "AbcCdDeEFhHKmoPQrtTuUwxXyYz"
_CURL_OPTIONS: Final = """abstract-unix-socket cacert capath cert cert-type ciphers config connect-timeout connect-to
    continue-at cookie cookie-jar crlfile data data-ascii data-binary data-raw data-urlencode delegation dns-servers
    doh-url dump- header engine expect100-timeout form form-string header interface json keepalive-time key key-type
    limit-rate local-port mail-from mail-rcpt max-filesize max-redirs max-time noproxy oauth2-bearer output
    output-dir pass pinnedpubkey post301 preproxy proto proto-default proto-redir proxy proxy-header proxy-user
    quote range rate referer request request-target resolve retry retry-delay retry-max-time service-name socks4
    socks4a socks5 socks5-hostname speed-limit speed-time stderr telnet-option tls-max tlsuser tlspassword trace
    trace-ascii unix-socket upload-file url url-query user user-agent write-out"""
_CURL_LONG: Final = frozenset(_CURL_OPTIONS.split())
_CURL_DATA: Final = frozenset(
    {
        "d",
        "data",
        "data-ascii",
        "data-binary",
        "data-raw",
        "data-urlencode",
        "F",
        "form",
        "form-string",
        "json",
        "T",
        "upload-file",
        "url-query",
    }
)
_WGET_SHORT: Final = "AaBDeIiLloOPQRTtUwX"
_WGET_OPTIONS: Final = """body-data body-file ca-certificate ca-directory certificate config connect-timeout cut-dirs
    directory-prefix dns-timeout domains execute header http-passwd http-password http-user input-file level
    limit-rate load-cookies max-redirect method output-document output-file password post-data post-file
    prefer-family private-key progress quota read-timeout referer reject save-cookies secure-protocol timeout tries
    user user-agent wait waitretry"""
_WGET_LONG: Final = frozenset(_WGET_OPTIONS.split())
_WGET_DATA: Final = frozenset({"post-data", "post-file", "body-data", "body-file"})
_AUTHORISES: Final = re.compile(
    r"^\s*(?:proxy-)?(?:authorization|private-token|job-token|deploy-token|circle-token|x-vault-token|x-api-key|x-auth-\w+"
    r"|api-?key|x-github-token"
    r"|x-gitlab-token|x-jfrog-art-api|x-aws-ec2-metadata-token|cookie|dd-api-key|apikey|token|x-auth)\s*:",
    re.IGNORECASE,
)
_OWN_SECRETS: Final = frozenset({"read.env_secret", "read.ci_token", "read.env", "read.file", "read.secret_file"})
_ADDRESS: Final = re.compile(r"^(?:\w+://)?(?:[^@/\s]*@)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?=[:/?]|$)")
_OWN_NETWORKS: Final = re.compile(
    r"^(?:\w+://)?(?:[^@/\s]*@)?(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|192\.0\.2|198\.51\.100|203\.0\.113)\."
)
_OF_ANSWERS: Final = frozenset(
    {
        "net.raw_ip",
        "net.tunnel_host",
        "net.paste",
        "net.shortener",
        "net.collector_host",
        "net.chain_rpc",
        "net.metadata_service",
    }
)
_HANDS_OUT: Final = re.compile(r"/security-credentials/\S|/credentials/\S|/token\b", re.IGNORECASE)
_PLAIN_PASTE: Final = re.compile(r"//(?:raw|gist)\.githubusercontent\.com/|//bitbucket\.org/", re.IGNORECASE)
_SECONDARY: Final = frozenset({"net.http", "net.download_file", "net.received", "net.socket"})


def address_labels(machine: Machine, text: str) -> frozenset[str]:
    """What an address says of whom it speaks to."""
    labels = frozenset(label for label in machine.reader.labels_of(text) if label.startswith("net."))
    if _PLAIN_PASTE.search(text):
        labels -= {"net.paste"}
    found = _ADDRESS.match(text)
    if found is not None and all(int(part) < 256 for part in found.groups()) and not _OWN_NETWORKS.match(text):
        labels |= {"net.raw_ip"}
    if text.startswith("http://") and not _OWN_NETWORKS.match(text) and "localhost" not in text:
        labels |= {"net.plain_http"}
    return labels


def _curl(machine: Machine, call: Call) -> Value:
    flags, urls = options(call.arguments, _CURL_SHORT, _CURL_LONG)
    urls = [*urls, *(value for flag, value in flags if flag == "url")]
    sent: list[frozenset[str]] = []
    data = False
    for flag, value in flags:
        if flag in _CURL_DATA:
            data = data or flag != "url-query"
            sent.append(_data(machine, call, flag, value))
        elif flag in ("H", "header", "b", "cookie", "A", "user-agent", "e", "referer"):
            sent.append(_head(machine, call, value))
        elif flag == "unix-socket" and "docker.sock" in value.text and "/containers/create" in call.text:
            machine.emit("proc.escape", call)
    outputs = [value for flag, value in flags if flag in ("o", "output")]
    names = {flag for flag, _ in flags}
    remote = bool(names & {"O", "remote-name", "remote-name-all"})
    if urls and urls[0].text.startswith("file:"):
        return machine.content_of(Value(urls[0].text.removeprefix("file://")), call)
    if not urls and not data:
        return UNKNOWN
    return _fetched(machine, call, urls, sent, outputs, remote=remote, data=data)


def _data(machine: Machine, call: Call, flag: str, value: Value) -> frozenset[str]:
    """What an option sends: a text, a file behind `@` or `<`, or standard input."""
    text = value.text
    labels = value.all_labels()
    if flag in ("T", "upload-file"):
        path = text
    elif flag in ("F", "form"):
        name, _, rest = text.partition("=")
        path = rest[1:].partition(";")[0] if rest[:1] in "@<" and rest else ""
        del name
    elif flag in ("data-raw", "form-string"):
        path = ""
    elif flag == "data-urlencode":
        path = text.partition("@")[2] if "@" in text and "=" not in text.partition("@")[0] else ""
    else:
        path = text[1:] if text.startswith("@") else ""
    if path in ("-", ".", "/dev/stdin"):
        return labels | (call.stdin.all_labels() if call.stdin is not None else frozenset())
    if path:
        return labels | machine.content_of(Value(path, labels), call).all_labels()
    return labels


def _head(machine: Machine, call: Call, value: Value) -> frozenset[str]:
    """What a header sends. A token of the script's own that says who asks is what it is there for."""
    labels = value.all_labels()
    if value.text.startswith("@"):
        return machine.content_of(Value(value.text[1:]), call).all_labels()
    return labels - _OWN_SECRETS if _AUTHORISES.match(value.text) else labels


def _wget(machine: Machine, call: Call) -> Value:
    flags, urls = options(call.arguments, _WGET_SHORT, _WGET_LONG)
    sent: list[frozenset[str]] = []
    data = False
    for flag, value in flags:
        if flag in _WGET_DATA:
            data = True
            labels = value.all_labels()
            if flag.endswith("file"):
                labels |= machine.content_of(value, call).all_labels()
            sent.append(labels)
        elif flag in ("header", "U", "user-agent"):
            sent.append(_head(machine, call, value))
    outputs = [value for flag, value in flags if flag in ("O", "output-document")]
    if not outputs and any(flag.startswith(("qO", "nvO")) for flag, _ in flags):
        outputs = [Value("-")]
    if not urls:
        return UNKNOWN
    return _fetched(machine, call, urls, sent, outputs, remote=not outputs, data=data)


def _fetched(
    machine: Machine,
    call: Call,
    urls: list[Value],
    sent: list[frozenset[str]],
    outputs: list[Value],
    *,
    remote: bool,
    data: bool,
) -> Value:
    """Tell of a request, and keep what it answers."""
    addresses: frozenset[str] = frozenset()
    for each in urls:
        addresses |= address_labels(machine, each.text)
    flows = frozenset[str]().union(*(_said(each) for each in urls)) - addresses - _SECONDARY
    inputs = flows.union(addresses, *sent)
    answer = Value(labels=frozenset({"net.http"}) | (addresses & _OF_ANSWERS) | (addresses & {"net.plain_http"}))
    if "net.metadata_service" in addresses and any(_HANDS_OUT.search(each.text) for each in urls):
        answer.labels |= {"read.secret_file"}
    files = [each for each in outputs if each.text not in ("-", "/dev/stdout", "/dev/null")]
    label = "net.send" if data else "net.http"
    if remote and not files:
        files = [_named(each) for each in urls]
    machine.emit("net.download_file" if files and not data else label, call, inputs=inputs)
    for path in files:
        writing.write(machine, path, answer, call.line, more=False)
    return UNKNOWN if files else answer


def _said(url: Value) -> frozenset[str]:
    """What an address tells whoever answers there. A host that comes out of a variable says where, and nothing more."""
    only_host = url.text.count(HOLE) == 1 and _HOST_HOLE.match(url.text) is not None
    return url.all_labels() - _OF_HOSTS if only_host else url.all_labels()


def _named(url: Value) -> Value:
    """The file that an address is kept in where no name is given."""
    path = url.text.partition("?")[0].rstrip("/")
    return Value(path.rpartition("/")[2])


def _connect(machine: Machine, call: Call) -> Value:
    """`nc` and its kin: a connection, to which a shell may be joined."""
    flags, others = options(
        call.arguments, "bcegGhiIkmoOpPqsTVwWxX", frozenset({"exec", "sh-exec", "lua-exec", "source", "proxy"})
    )
    names = {flag for flag, _ in flags}
    started = [value.text for flag, value in flags if flag in ("e", "c", "exec", "sh-exec")]
    if any(_is_shell(text) for text in started) or (call.stdin is not None and call.stdin.name == "shell"):
        machine.emit("proc.shell_plumbing", call)
    listens = bool(names & {"l", "listen"})
    if names & {"z"}:
        return UNKNOWN
    labels = call.stdin.all_labels() if call.stdin is not None else frozenset[str]()
    addresses = frozenset[str]().union(*(address_labels(machine, each.text) for each in others))
    machine.emit("net.listen" if listens else "net.socket", call, inputs=labels | addresses | joined(others).labels)
    return Value(labels=frozenset({"net.received"}) | (addresses & _OF_ANSWERS), name="connection")


def _is_shell(text: str) -> bool:
    first = text.strip().split(" ")[0]
    return first.rpartition("/")[2] in ("sh", "bash", "dash", "zsh", "ksh", "ash", "cmd.exe", "powershell", "pwsh")


def _socat(machine: Machine, call: Call) -> Value:
    parts = call.texts
    started = [part.partition(":")[2] for part in parts if part.lower().startswith(("exec:", "system:"))]
    speaks = any(part.lower().startswith(("tcp", "openssl", "udp", "socks", "ssl", "proxy")) for part in parts)
    if speaks and any(_is_shell(text.partition(",")[0].strip("'\"")) for text in started):
        machine.emit("proc.shell_plumbing", call)
    if speaks:
        labels = call.stdin.all_labels() if call.stdin is not None else frozenset[str]()
        machine.emit("net.socket", call, inputs=labels)
    return Value(labels=frozenset({"net.received"}) if speaks else frozenset(), name="connection" if speaks else "")


def _telnet(machine: Machine, call: Call) -> Value:
    labels = call.stdin.all_labels() if call.stdin is not None else frozenset[str]()
    if call.stdin is not None and call.stdin.name == "shell":
        machine.emit("proc.shell_plumbing", call)
    machine.emit("net.socket", call, inputs=labels)
    return Value(labels=frozenset({"net.received"}), name="connection")


def _telnetd(machine: Machine, call: Call) -> Value:
    """A door that gives a shell to whoever comes."""
    shells = any(_is_shell(text) for text in call.texts)
    if shells:
        machine.emit("proc.shell_plumbing", call)
    machine.emit("net.listen", call)
    return UNKNOWN


_NAME_OPTIONS: Final = {
    "dig": "bcfkpqtxy",
    "drill": "bcdiIkoprstwyY",
    "nslookup": "",
    "host": "cmNRtTW",
    "ping": "cIiLlMmpQSstTwW",
    "getent": "",
}


def _resolve(machine: Machine, call: Call) -> Value:
    """A name that is looked up. Data in its labels is sent to whoever answers for the name."""
    _, others = options(call.arguments, _NAME_OPTIONS.get(call.name, ""), frozenset())
    names = [each for each in others if "." in each.text and not each.text.startswith(("@", "+"))]
    labels = joined(names).labels
    addresses = frozenset[str]().union(*(address_labels(machine, each.text) for each in names))
    data = frozenset(label for label in labels if label.startswith(("read.", "decode."))) - {"read.env"}
    carries = [each for each in names if HOLE in each.text.partition(".")[0] or data]
    if data and carries and call.name != "getent":
        machine.emit("net.dns_data", call, inputs=labels | addresses)
    elif call.name != "ping" or addresses:
        machine.emit("net.dns", call, inputs=labels | addresses)
    answers = (
        frozenset({"net.http", "net.dns"})
        if call.wanted and any("txt" in word.lower() for word in call.texts)
        else frozenset[str]()
    )
    return Value(labels=answers)


def _copy_away(machine: Machine, call: Call) -> Value:
    """`scp`, `rsync` and their kin: files that go to another machine, or come from one."""
    _, others = options(
        call.arguments,
        "cDFiJloPSXTef",
        frozenset({"rsh", "include", "exclude", "exclude-from", "files-from", "rsync-path"}),
    )
    if not others or not any(_REMOTE.match(each.text) for each in others):
        return UNKNOWN
    target = others[-1]
    if _REMOTE.match(target.text):
        inputs = frozenset[str]().union(*(machine.content_of(each, call).all_labels() for each in others[:-1]))
        machine.emit("net.socket", call, inputs=inputs - {"read.file"} | address_labels(machine, target.text))
    else:
        machine.emit("net.download_file", call)
        writing.write(machine, target, Value(labels=frozenset({"net.download_file"})), call.line, more=False)
    return UNKNOWN


_HOST_HOLE: Final = re.compile(r"^(?:\w+://)?\ufffc(?=[:/]|$)")
_OF_HOSTS: Final = frozenset({"read.secret_file", "read.env_secret", "read.env", "read.secrets_store", "read.file"})
_REMOTE: Final = re.compile(
    r"^(?:[\w.-]+@)?(?:[\w.-]+|\ufffc):|^(?:s3|gs|gcs|azure|rsync|ftp|sftp|b2|r2)://", re.IGNORECASE
)


def _mail(machine: Machine, call: Call) -> Value:
    flags, _ = options(call.arguments, "aAbcfhqrsS", frozenset({"subject", "attach"}))
    inputs = everything(call)
    for flag, value in flags:
        if flag in ("a", "A", "attach"):
            inputs |= machine.content_of(value, call).all_labels()
    machine.emit("net.mail", call, inputs=inputs)
    return UNKNOWN


def _cloud(machine: Machine, call: Call) -> Value:
    """`aws s3 cp`, `gsutil cp`, `rclone copy`: files to a store; and what clouds are asked for secrets."""
    words = call.texts
    line = " ".join(words)
    if "get-secret-value" in line or "print-access-token" in line or "get-session-token" in line or "kv get" in line:
        machine.emit("read.secret_file", call)
        return Value(labels=frozenset({"read.secret_file"}))
    if "s3" in words or call.name in ("gsutil", "rclone", "mc", "azcopy", "s3cmd"):
        verb = next(
            (place for place, word in enumerate(words) if word in ("cp", "mv", "sync", "copy", "put", "rsync")), None
        )
        if verb is not None:
            call.arguments = call.arguments[verb + 1 :]
            if "-" in call.texts[:1] and call.stdin is not None:
                machine.emit("net.socket", call, inputs=call.stdin.all_labels())
                return UNKNOWN
            return _copy_away(machine, call)
    return UNKNOWN


def _ssh(machine: Machine, call: Call) -> Value:
    """Another machine: what is piped in goes there. What runs there is that machine's business, unless it opens a way back."""
    flags, others = options(call.arguments, "bcDEeFIiJLlmOopQRSWw", frozenset())
    labels = call.stdin.all_labels() if call.stdin is not None else frozenset[str]()
    machine.emit("net.socket", call, inputs=labels | joined(others).labels)
    backwards = [value.text for flag, value in flags if flag == "R"]
    if backwards and any("StrictHostKeyChecking=no" in value.text for _, value in flags):
        machine.emit("net.tunnel_host", call)
    return UNKNOWN


PROGRAMS: Final = {
    "curl": _curl,
    "wget": _wget,
    **dict.fromkeys(("nc", "ncat", "netcat", "nc.traditional", "nc.openbsd"), _connect),
    "socat": _socat,
    "telnet": _telnet,
    "telnetd": _telnetd,
    **dict.fromkeys(("dig", "drill", "nslookup", "host", "ping", "getent"), _resolve),
    **dict.fromkeys(("scp", "rsync", "sftp"), _copy_away),
    **dict.fromkeys(("mail", "mailx", "mutt", "sendmail", "msmtp"), _mail),
    **dict.fromkeys(("aws", "gcloud", "gsutil", "rclone", "vault", "azcopy", "s3cmd"), _cloud),
    "ssh": _ssh,
}
