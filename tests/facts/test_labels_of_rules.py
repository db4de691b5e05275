"""Every label that a rule speaks of counts: each that acts, with each that flows into it, in whatever language it was seen.

The pages of the rules show code; here are observations as views of any language tell them.
"""

from dataclasses import dataclass

import pytest

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.observation import Context, Observation
from pratique.facts.scan.rule import Place, Rule, Seen
from pratique.facts.scan.rules import RULES
from pratique.model.evidence import Severity

NETWORK = ("net.http", "net.send", "net.socket", "net.mail", "net.dns", "net.download_file")
STARTS = ("proc.shell", "proc.spawn")
DECODED = ("decode.base", "decode.compress", "decode.cipher", "decode.marshal")
BY_NAME = {rule.id: rule for rule in RULES}


@dataclass(frozen=True)
class Row:
    """A rule, labels that act, labels of which one flows into them, when they run, and what else is in the file."""

    rule: str
    acts: tuple[str, ...]
    gets: tuple[str, ...] = ()
    context: Context = Context.FUNCTION
    beside: tuple[str, ...] = ()
    text: str = ""
    language: str = "ruby"
    always: tuple[str, ...] = ()
    """Flows in, too, in every case."""
    severity: Severity | None = None


DOUBTFUL = ("net.raw_ip", "net.tunnel_host", "net.paste", "net.shortener", "net.collector_host")
ROWS = (
    Row("active-output", ("code.kernel_call", "code.active_output"), language="notebook"),
    Row("active-output", ("code.active_output",), DOUBTFUL, language="notebook", severity=Severity.HIGH),
    Row("address-swap", ("harm.address_swap",)),
    Row("autorun-file", ("pkg.autorun", "pkg.autorun_script", "pkg.autorun_tool"), language="config"),
    Row("autorun-file", ("pkg.agent_unguarded", "pkg.agent_diverted", "pkg.agent_order"), language="config"),
    Row("autorun-file", ("pkg.agent_order",), ("obf.log_suppress",), language="config", severity=Severity.HIGH),
    *(
        Row("hidden-code", ("obf.invisible",), beside=(each,), severity=Severity.HIGH)
        for each in ("code.exec", "decode.base", "proc.spawn")
    ),
    *(
        Row("known-obfuscator", ("obf.tool",), beside=(each,), severity=Severity.HIGH)
        for each in ("code.exec", "code.reflected_builtin", "decode.marshal")
    ),
    Row(
        "decoded-code-run",
        ("code.exec",),
        ("decode.base", "decode.compress", "decode.cipher", "decode.media"),
        severity=Severity.HIGH,
    ),
    Row("decoded-code-run", ("code.exec",), ("decode.charcodes",), severity=Severity.MEDIUM),
    Row("decoded-code-run", ("code.exec",), ("decode.charcodes",), Context.INIT_TOP, severity=Severity.HIGH),
    *(
        Row("dropped-and-started", ("proc.spawn",), beside=(f"net.download_file < {odd}",), severity=Severity.HIGH)
        for odd in (
            "decode.base",
            "obf.blob",
            "net.raw_ip",
            "net.tunnel_host",
            "net.paste",
            "net.collector_host",
            "write.temp",
            "write.autostart",
        )
    ),
    Row("self-propagation", ("write.file",), ("write.other_package",), Context.INIT_TOP, ("write.other_package",)),
    Row(
        "agent-config-write",
        ("write.file", "proc.shell"),
        ("read.agent_config", "write.agent_config"),
        beside=("read.agent_config",),
    ),
    Row(
        "agent-config-write",
        ("write.file",),
        ("net.http", "decode.base"),
        beside=("read.agent_config",),
        always=("read.agent_config",),
        severity=Severity.HIGH,
    ),
    Row(
        "build-uses-network",
        ("net.send", "net.socket", "net.dns", "net.mail"),
        context=Context.SETUP_TOP,
        severity=Severity.HIGH,
    ),
    Row("build-uses-network", ("net.http", "net.download_file"), context=Context.SETUP_TOP, severity=Severity.MEDIUM),
    Row("collector-contacted", (*NETWORK, *STARTS), ("net.collector_host", "net.messenger_token")),
    Row(
        "collector-contacted",
        ("net.send",),
        ("read.env", "py.self"),
        always=("net.collector_host",),
        severity=Severity.HIGH,
    ),
    *(
        Row("credential-harvest", (each,), beside=("read.browser",))
        for each in ("read.wallet", "read.extension_id", "read.app_data", "read.secrets_store")
    ),
    *(
        Row(
            "credential-harvest",
            ("read.app_data",),
            beside=("read.browser", "read.wallet", each),
            severity=Severity.CRITICAL,
        )
        for each in ("net.http", "net.send", "net.socket", "decode.cipher", "read.file", "write.file")
    ),
    Row(
        "dead-drop",
        ("code.exec", *STARTS, "decode.base", "decode.cipher"),
        ("net.chain_rpc",),
        beside=("net.chain_rpc",),
    ),
    Row(
        "decoded-code-run",
        ("code.exec", *STARTS, "proc.inline_code"),
        (*DECODED, "decode.charcodes", "decode.escapes", "decode.media"),
    ),
    Row(
        "defence-tampering",
        ("proc.shell", "code.exec", "write.autostart", "write.file"),
        ("harm.av_tamper",),
        beside=("harm.av_tamper",),
    ),
    Row("destruction", (*STARTS, "code.exec"), ("harm.wipe",), beside=("harm.wipe",)),
    Row("destruction", STARTS, ("harm.shutdown",), context=Context.INIT_TOP, beside=("harm.shutdown",)),
    *(Row("destruction", ("harm.wipe",), language=each) for each in ("shell", "powershell", "batch")),
    Row(
        "dns-exfiltration",
        ("net.dns_data", "net.dns"),
        ("read.host_info", "read.env", "read.secret_file", "read.file"),
        always=("net.collector_host",),
        severity=Severity.CRITICAL,
    ),
    Row("download-and-run", ("code.exec", "code.native_by_path"), ("net.http", "net.send", "net.download_file")),
    Row("download-and-run", (*STARTS, "proc.inline_code"), ("net.http", "net.download_file", "net.received")),
    Row("download-and-run", (*STARTS, "proc.inline_code"), ("proc.pipe_shell",)),
    Row(
        "encoded-payload-run",
        ("code.exec", *STARTS, "proc.inline_code", "proc.encoded_ps"),
        DECODED,
        always=("obf.blob",),
    ),
    Row(
        "encoded-powershell",
        STARTS,
        ("proc.download", "net.http", "proc.pipe_shell"),
        beside=("proc.hidden_window",),
        always=("proc.hidden_window",),
    ),
    Row("encoded-powershell", ("proc.encoded_ps",)),
    Row("environment-sent-away", ("net.http", "net.send", "net.socket", "net.mail"), ("read.env_all",)),
    Row(
        "foreign-runtime",
        ("net.http", "net.download_file", *STARTS),
        ("proc.foreign_runtime",),
        beside=("proc.foreign_runtime",),
    ),
    *(
        Row("foreign-runtime", ("proc.foreign_runtime",), context=Context.INIT_TOP, text=each)
        for each in ("bun run x", "./bin/deno eval", "bun.exe x")
    ),
    Row("hidden-start", ("proc.silent", "proc.hidden_window"), context=Context.INIT_TOP),
    Row(
        "hidden-start",
        ("proc.silent",),
        ("proc.download", "net.http", "decode.base"),
        context=Context.SETUP_TOP,
        severity=Severity.HIGH,
    ),
    Row("hostage-switch", ("harm.wipe",), beside=("net.http", "read.secret_file"), language="shell"),
    *(
        Row("hostage-switch", STARTS, ("harm.wipe",), beside=("harm.wipe", "net.send", each))
        for each in ("read.secret_file", "read.env_secret", "read.ci_token", "spread.token_list")
    ),
    *(
        Row("hostage-switch", STARTS, ("harm.wipe",), beside=("harm.wipe", each))
        for each in ("evade.locale", "evade.ci_check")
    ),
    Row("host-info-sent", NETWORK, ("read.host_info",)),
    Row(
        "host-info-sent",
        NETWORK,
        ("net.collector_host", "net.messenger_token"),
        always=("read.host_info",),
        severity=Severity.CRITICAL,
    ),
    Row(
        "install-hook-acts",
        (*STARTS, "net.http", "net.send", "net.socket", "net.download_file"),
        context=Context.CMDCLASS,
    ),
    Row("install-script", ("pkg.install_hook",), context=Context.NPM_LIFECYCLE, text="postinstall: node a.js"),
    Row(
        "install-script",
        ("pkg.install_hook",),
        context=Context.NPM_LIFECYCLE,
        text="postinstall: node a.js > /dev/null",
        severity=Severity.MEDIUM,
    ),
    *(
        Row("once-marker", ("evade.once_marker",), context=Context.INIT_TOP, beside=(each,), text="~/.demo_ran")
        for each in ("proc.spawn", "net.http")
    ),
    Row(
        "once-marker",
        ("evade.once_marker",),
        context=Context.SETUP_TOP,
        beside=("proc.shell",),
        text="C:\\Temp\\demo",
        severity=Severity.HIGH,
    ),
    Row(
        "install-hook-acts",
        STARTS,
        ("net.raw_ip", "net.tunnel_host", "net.paste", "net.shortener"),
        context=Context.NPM_LIFECYCLE,
        severity=Severity.HIGH,
    ),
    Row(
        "metadata-service",
        ("net.http", "net.send", *STARTS, "net.socket"),
        ("net.metadata_service",),
        beside=("net.metadata_service",),
    ),
    Row("miner", (*STARTS, "net.http", "net.download_file", "write.file"), ("proc.miner",), beside=("proc.miner",)),
    *(Row("miner", ("proc.miner",), language=each) for each in ("shell", "powershell", "batch")),
    Row(
        "native-side-load",
        ("code.native_by_path",),
        ("net.http", "decode.base", "write.file"),
        severity=Severity.CRITICAL,
    ),
    Row(
        "persistence",
        ("write.file", *STARTS, "write.autostart", "write.executable"),
        ("write.autostart", "write.schedule", "write.shell_rc", "write.hosts"),
    ),
    Row(
        "persistence",
        ("write.file",),
        ("decode.base", "net.http"),
        always=("write.schedule",),
        severity=Severity.CRITICAL,
    ),
    Row(
        "persistence",
        ("write.file",),
        ("decode.base", "net.http", "code.exec"),
        always=("write.pth",),
        severity=Severity.HIGH,
    ),
    Row("process-injection", ("proc.memory_read",)),
    Row("process-storm", ("proc.storm", "harm.memory")),
    Row("reverse-shell", (*STARTS, "code.exec"), ("proc.shell_plumbing",)),
    Row("reverse-shell", (*STARTS, "code.exec"), ("net.received",)),
    Row("reverse-shell", ("proc.shell_plumbing",)),
    Row("secrets-sent-away", NETWORK, ("read.ci_token",), text="https://elsewhere.example.invalid/"),
    Row("secrets-sent-away", NETWORK, ("read.ci_token",), always=("decode.base",)),
    Row(
        "secrets-sent-away",
        NETWORK,
        (
            "read.browser",
            "read.wallet",
            "read.extension_id",
            "read.app_data",
            "read.secrets_store",
            "read.keys",
            "read.screen",
            "read.secret_file",
            "read.agent_config",
            "read.clipboard",
        ),
    ),
    *(
        Row(
            "self-propagation",
            (*STARTS, "net.send", "net.http"),
            ("spread.publish",),
            context=Context.INIT_TOP,
            beside=("spread.publish", each),
        )
        for each in ("read.secret_file", "read.ci_token", "spread.token_list", "read.env_secret")
    ),
    Row(
        "self-propagation",
        (*STARTS, "net.send", "net.http"),
        ("read.secret_file", "read.ci_token", "read.env_secret"),
        beside=("spread.token_list",),
        always=("spread.token_list",),
    ),
    Row(
        "self-propagation",
        ("write.file",),
        ("write.workflow", "write.other_package"),
        context=Context.INIT_TOP,
        beside=("write.workflow",),
    ),
    *(
        Row(
            "watches-the-user",
            ("read.keys", "read.screen", "read.camera", "read.clipboard"),
            beside=(each,),
            severity=Severity.CRITICAL,
        )
        for each in (
            "net.collector_host",
            "net.messenger_token",
            "net.mail",
            "read.browser",
            "write.autostart",
            "harm.av_tamper",
        )
    ),
    *(
        Row("watches-the-user", ("read.keys",), beside=(each,), severity=Severity.HIGH)
        for each in ("net.send", "net.socket", "net.http")
    ),
    *(
        Row(
            "dropped-and-started",
            (*STARTS, "code.native_by_path"),
            beside=(f"{wrote} < {got}", "proc.shell"),
            context=Context.INIT_TOP,
        )
        for wrote, got in (
            ("write.file", "net.http"),
            ("write.file", "net.socket"),
            ("write.file", "net.download_file"),
            ("write.file", "decode.base"),
            ("write.file", "decode.cipher"),
            ("write.file", "obf.blob"),
            ("write.file", "proc.download"),
            ("write.executable", "net.http"),
            ("net.download_file", "write.temp"),
        )
    ),
)
CASES = [
    pytest.param(
        row, act, got, id=f"{row.rule}-{act}-{got}-{'+'.join(row.beside)}-{row.context}-{row.text}{row.language}"
    )
    for row in ROWS
    for act in row.acts
    for got in (row.gets or ("",))
    if act == row.acts[0] or got == (row.gets or ("",))[0]
]


def places(rule: Rule, observations: list[Observation]) -> list[Place]:
    """What a rule says of a file in which all this was seen, as the engine asks it."""
    assert isinstance(rule.looks_at, Seen)
    view = FileView.of("a.rb", observations)
    return list(rule.looks_at.detect(view)) if view.has(*rule.looks_at.labels) else []


def weights(rule: Rule, found: list[Place]) -> list[Severity]:
    """How bad each is, the worst first: more of them, or a worse one, is larger."""
    return sorted((each.severity or rule.severity for each in found), reverse=True)


def seen(label: str, row: Row, line: int, inputs: frozenset[str] = frozenset(), text: str = "") -> Observation:
    return Observation(label, "a.rb", line, row.context, row.language, inputs=inputs, text=text)


def beside(row: Row) -> list[Observation]:
    found = []
    for each in row.beside:
        label, _, got = each.partition(" < ")
        found.append(seen(label, row, 1, frozenset(filter(None, [got]))))
    return found


@pytest.mark.parametrize(("row", "act", "got"), CASES)
def test_a_label_that_a_rule_speaks_of_counts(row: Row, act: str, got: str) -> None:
    rule = BY_NAME[row.rule]
    others = beside(row)
    flows = frozenset(filter(None, [got, *row.always]))
    after = places(rule, [*others, seen(act, row, 2, flows, row.text)])
    before = places(rule, others)
    assert weights(rule, after) > weights(rule, before)
    if row.severity is not None:
        assert row.severity in {each.severity or rule.severity for each in after}


@pytest.mark.parametrize(("row", "act", "got"), [each for each in CASES if each.values[2]])
def test_without_what_flows_in_it_says_less(row: Row, act: str, got: str) -> None:
    rule = BY_NAME[row.rule]

    def worst(flows: frozenset[str]) -> list[Severity]:
        return weights(rule, places(rule, [*beside(row), seen(act, row, 2, flows, row.text)]))

    always = frozenset(row.always)
    assert worst(always | {got}) > worst(always)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rule)
def test_in_tests_it_is_never_worse(row: Row) -> None:
    rule = BY_NAME[row.rule]
    flows = frozenset([*row.gets[:1], *row.always])
    aside = Row(row.rule, row.acts, row.gets, Context.TEST, row.beside, row.text, row.language)
    normal = places(rule, [*beside(row), seen(row.acts[0], row, 2, flows, row.text)])
    tested = places(rule, [*beside(aside), seen(aside.acts[0], aside, 2, flows, row.text)])
    worst = max(each.severity or rule.severity for each in normal)
    assert all((each.severity or rule.severity) <= worst for each in tested)
