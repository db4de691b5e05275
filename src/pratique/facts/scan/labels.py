"""What can be observed in code: a closed list of labels, the same for every language, each with its weight.

A capability by itself is neutral: it worries nobody and feeds the comparison of releases. What is weak counts only beside other
things, what is strong has hardly a harmless use.
"""

from enum import IntEnum
from typing import Final


class Weight(IntEnum):
    """How much an observation says by itself."""

    NEUTRAL = 0
    WEAK = 1
    STRONG = 2


_N, _W, _S = Weight.NEUTRAL, Weight.WEAK, Weight.STRONG

LABELS: Final[dict[str, tuple[Weight, str]]] = {
    # The network.
    "net.http": (_N, "asks or sends over HTTP"),
    "net.send": (_N, "sends data over HTTP"),
    "net.socket": (_N, "opens a connection"),
    "net.received": (_N, "takes what comes in over a connection"),
    "net.dns": (_N, "resolves a name"),
    "net.listen": (_N, "waits for connections"),
    "net.mail": (_N, "sends mail"),
    "net.mail_copy": (_S, "sends a copy of every mail to a fixed address"),
    "net.download_file": (_N, "downloads to a file"),
    "net.dns_data": (_S, "puts data into the name it resolves"),
    "net.raw_ip": (_W, "speaks to a bare public address"),
    "net.collector_host": (_S, "speaks to a service that collects what anybody sends"),
    "net.tunnel_host": (_W, "speaks to a tunnel or a throw-away host"),
    "net.messenger_token": (_S, "holds the token of a messenger bot"),
    "net.shortener": (_W, "follows a shortened address"),
    "net.my_ip": (_W, "asks for its own public address"),
    "net.chain_rpc": (_S, "reads a blockchain"),
    "net.metadata_service": (_S, "asks the cloud's metadata service"),
    "net.paste": (_W, "reads from a paste or drop service"),
    "net.installer": (_N, "fetches the installation script of a well-known tool from its own address"),
    "net.plain_http": (_N, "speaks without encryption"),
    # Other programs.
    "proc.spawn": (_N, "starts a program"),
    "proc.shell": (_N, "runs a command line"),
    "proc.command": (_N, "runs a program, as scripts of shells do in every other line"),
    "proc.inline_code": (_W, "starts an interpreter with code as its argument"),
    "proc.lolbin": (_W, "uses a system tool that fetches or runs things"),
    "proc.download": (_W, "fetches with a command line tool"),
    "proc.pipe_shell": (_S, "fetches and runs in one line"),
    "proc.fetched": (_W, "starts a file that it fetched"),
    "proc.encoded_ps": (_S, "starts PowerShell with an encoded command"),
    "proc.hidden_window": (_W, "starts a program without a window"),
    "proc.silent": (_W, "starts a program and drops what it says"),
    "proc.foreign_runtime": (_S, "brings or starts the runtime of another language"),
    "proc.self_install": (_W, "installs packages from code"),
    "proc.shell_plumbing": (_S, "joins a shell to a connection"),
    "proc.injection": (_S, "writes into another process"),
    "proc.memory_read": (_S, "reads the memory of another process"),
    "proc.miner": (_S, "mines coins"),
    "proc.storm": (_S, "starts itself again and again"),
    "proc.agent_loose": (_W, "starts a coding agent that asks for nothing"),
    "proc.kill": (_W, "ends other programs"),
    "proc.privilege": (_W, "asks for higher rights"),
    "proc.escape": (_S, "leaves its container"),
    # Code made at run time.
    "code.exec": (_N, "runs a text as code"),
    "code.compile": (_N, "compiles a text"),
    "code.sensitive_import": (_N, "imports a module that touches the system"),
    "code.compile_load": (_W, "loads compiled code"),
    "code.dynamic_import": (_N, "imports a module by a computed name"),
    "code.reflected_builtin": (_S, "reaches a function that runs code by a computed name"),
    "code.native_by_path": (_W, "loads a native library by its path"),
    "code.deserialise": (_W, "reads serialised objects"),
    "code.deserialise_call": (_S, "calls a function while it is read"),
    "code.deserialise_odd": (_W, "names, while it is read, a function that data have no need of"),
    "code.deserialise_code": (_W, "holds functions as byte code"),
    "code.deserialise_broken": (_S, "breaks off behind what it calls, or is packed as its readers do not read it"),
    "code.active_output": (_N, "keeps a script that runs where it is shown"),
    "code.kernel_call": (_S, "gives code to a kernel, or orders to its server, from where it is shown"),
    "code.own_file": (_N, "starts a file of its own package"),
    "code.patch": (_W, "replaces a function of another module"),
    # Decoding.
    "decode.base": (_N, "decodes a text"),
    "decode.escapes": (_W, "a name or command spelled in escapes"),
    "decode.compress": (_N, "unpacks data"),
    "decode.cipher": (_W, "deciphers data"),
    "decode.charcodes": (_W, "puts a text together from character codes"),
    "decode.marshal": (_W, "loads byte code"),
    "decode.layers": (_S, "decodes in several layers"),
    "decode.media": (_S, "reads data out of a picture or sound"),
    # Hiding.
    "obf.tool": (_S, "was made unreadable by a known tool"),
    "obf.names": (_W, "names that nobody could tell apart"),
    "obf.offscreen": (_S, "code pushed out of sight"),
    "obf.invisible": (_S, "characters that nobody sees"),
    "obf.blob": (_W, "a long encoded text"),
    "obf.split_strings": (_W, "texts cut into pieces"),
    "obf.spelling": (_S, "spells a name so that nobody finds it"),
    "obf.alias": (_W, "a dangerous function under another name"),
    "obf.hidden_cell": (_W, "a cell whose code is not shown"),
    "obf.log_suppress": (_W, "silences what would be said"),
    # Reading.
    "read.file": (_N, "reads files"),
    "read.env": (_N, "reads a variable of the environment"),
    "read.env_all": (_W, "reads the whole environment"),
    "read.env_secret": (_N, "reads a secret that it names, from the environment or a store"),
    "read.secret_file": (_W, "reads credentials"),
    "read.browser": (_S, "reads what a browser keeps"),
    "read.wallet": (_S, "reads a wallet"),
    "read.extension_id": (_S, "names wallet extensions of browsers"),
    "read.app_data": (_S, "reads what messengers and mail programs keep"),
    "read.agent_config": (_S, "reads the configuration of coding agents"),
    "read.ci_token": (_W, "reads the token of a build"),
    "read.clipboard": (_W, "reads the clipboard"),
    "read.screen": (_W, "takes pictures of the screen"),
    "read.camera": (_W, "uses camera or microphone"),
    "read.keys": (_S, "records keystrokes"),
    "read.host_info": (_N, "reads names of user or machine"),
    "read.key_argument": (_N, "is handed a private key"),
    "read.inventory": (_W, "lists programs, processes or networks"),
    "read.secrets_store": (_S, "reads a password store"),
    "read.accounts": (_S, "copies the passwords of the machine's accounts"),
    # Writing.
    "write.file": (_N, "writes files"),
    "write.executable": (_W, "makes a file executable, or writes one"),
    "write.clipboard": (_N, "writes the clipboard"),
    "write.env": (_N, "sets a variable of the environment"),
    "write.temp": (_N, "writes to a temporary place"),
    "write.autostart": (_S, "starts itself with the system"),
    "write.schedule": (_W, "schedules a job"),
    "write.service": (_W, "installs a service"),
    "write.shell_rc": (_S, "writes a start-up file of the shell"),
    "write.pth": (_S, "writes a start-up file of Python"),
    "write.agent_config": (_S, "writes the configuration of agents or editors"),
    "write.workflow": (_S, "writes a build workflow"),
    "write.other_package": (_S, "writes into other packages"),
    "write.own_manifest": (_W, "writes its own manifest"),
    "write.hosts": (_S, "changes how names are resolved"),
    "write.access": (_S, "lets somebody in: a key, an account, rights"),
    "write.preload": (_S, "makes other programs load its code"),
    # Harm.
    "harm.delete": (_N, "deletes files"),
    "harm.wipe": (_S, "deletes everything"),
    "harm.av_tamper": (_S, "switches off or evades protection"),
    "harm.guard_down": (_W, "lowers the system's own guards"),
    "harm.shutdown": (_S, "shuts the machine down"),
    "harm.address_swap": (_S, "exchanges payment addresses"),
    "harm.address_pattern": (_W, "knows what payment addresses look like"),
    "harm.memory": (_S, "fills the memory"),
    # Evading.
    "evade.ci_check": (_W, "behaves otherwise in a build"),
    "evade.locale": (_W, "asks for language or country"),
    "evade.sandbox": (_W, "looks whether it is watched"),
    "evade.delay": (_W, "waits before it acts"),
    "evade.once_marker": (_W, "acts once only"),
    "evade.history": (_W, "leaves no history of what was done"),
    "evade.self_clean": (_S, "removes itself"),
    "evade.hidden_file": (_W, "hides a file"),
    # Spreading.
    "spread.publish": (_S, "publishes packages"),
    "spread.token_list": (_S, "lists publishing tokens"),
    "spread.repo_push": (_W, "pushes to repositories"),
    # The package itself.
    "pkg.install_hook": (_W, "runs code when it is installed"),
    "pkg.gyp_substitution": (_S, "runs a command while its build file is read"),
    "pkg.foreign_blob": (_W, "a large file of another language, or of none"),
    "pkg.url_dependency": (_S, "depends on an address instead of a release"),
    "pkg.unparsable": (_W, "code that cannot be read"),
    "pkg.autorun": (_S, "a file that editors or agents run by themselves"),
    "pkg.autorun_script": (_W, "lets editors or agents run something of the package by themselves"),
    "pkg.autorun_tool": (_N, "lets editors or agents start tools of everyday work by themselves"),
    "pkg.agent_unguarded": (_W, "lets agents act without asking"),
    "pkg.agent_diverted": (_W, "leads what agents say to another host"),
    "pkg.agent_order": (_W, "tells agents to run what they fetch"),
    # Indicators.
    "ioc.host": (_S, "a host of a known attack"),
    "ioc.string": (_W, "a text of a known attack"),
}


def weight(label: str) -> Weight:
    """How much a label says by itself. Raises `KeyError` for one that is not in the list."""
    return LABELS[label][0]


def says(label: str) -> str:
    """A label in words, to stand behind a subject."""
    return LABELS[label][1]
