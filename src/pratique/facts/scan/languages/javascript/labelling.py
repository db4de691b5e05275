"""Which label a call has: by the full name of what is called, and by what it is given."""

import re
from abc import ABC
from typing import Final

from pratique.facts.scan.languages.javascript import folding
from pratique.facts.scan.languages.javascript.apis import CALLS
from pratique.facts.scan.languages.javascript.tables import Tables
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import Value

ONE_MEANING: Final = {
    "execSync": "proc.shell",
    "spawnSync": "proc.spawn",
    "execFileSync": "proc.spawn",
    "execFile": "proc.spawn",
    "runInThisContext": "code.exec",
    "runInNewContext": "code.exec",
    "_compile": "code.exec",
    "sendMail": "net.mail",
    "sendEmail": "net.mail",
    "sendBeacon": "net.send",
    "createDecipheriv": "decode.cipher",
    "gunzipSync": "decode.compress",
    "inflateSync": "decode.compress",
    "brotliDecompressSync": "decode.compress",
    "dlopen": "code.native_by_path",
    "readFileSync": "read.file",
    "writeFileSync": "write.file",
    "appendFileSync": "write.file",
    "createWriteStream": "write.file",
    "createReadStream": "read.file",
    "networkInterfaces": "read.host_info",
}
"""Methods that have one meaning on whatever they are called."""
_TIMERS: Final = frozenset({"setTimeout", "setInterval", "setImmediate"})
_SENDING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_BORING: Final = re.compile(
    r"\s*(?:['\"]use strict['\"];?\s*)?"
    r"(?:return\s*\(?\s*(?:this|globalThis|self|window)\s*\)?\s*;?|this|self|window|globalThis|require|module)?\s*"
)
"""Ways of old libraries to get at the global object, or past a bundler."""


class Labelling(Tables, ABC):
    """Says which label a call has."""

    def label_of(self, function: Value, given: list[Value]) -> str:
        """The label of a call; empty for one that nothing is known of."""
        name = function.name
        label = CALLS.get(name, "")
        if not label and name.startswith(("<any>.", "this.")):
            label = ONE_MEANING.get(name.rpartition(".")[2], "")
        if name == "worker_threads.Worker":
            options = given[1] if len(given) > 1 and given[1].name.startswith("obj:") else None
            return label if options is not None and self.attribute(options, "eval").constant is True else ""
        if name in _TIMERS:
            return "code.exec" if given and isinstance(given[0].constant, str) else ""
        if label == "code.exec" and self.code_of(name, given) is None:
            return ""
        if label == "net.http" and self._sends(name, given):
            return "net.send"
        if label == "decode.charcodes" and not (given and folding.known(given)):
            return ""
        if name in ("<request>.write", "<request>.end", "<socket>.end", "<writer>.end") and not given:
            return ""
        return label

    def code_of(self, name: str, given: list[Value]) -> Value | None:
        """What is run by a function that runs code; None where it is one of the harmless ways to get at the global object."""
        if not given:
            return None
        code = given[-1] if name == "Function" else given[0]
        boring = isinstance(code.constant, str) and code.known and _BORING.fullmatch(code.constant)
        return None if boring else code

    def _knows_where(self, given: list[Value]) -> bool:
        """Whether a file itself says where a request goes, and does not leave that to whoever calls it."""
        for each in given[:2]:
            if each.name.startswith("obj:"):
                parts = [self.attribute(each, key) for key in ("url", "uri", "hostname", "host", "href", "baseURL")]
            else:
                parts = [each]
            for part in parts:
                text = part.text
                if "://" in text or part.how is How.DECODED:
                    return True
                if part is not each and "." in text:
                    return True
                if any(label.startswith(("decode.", "net.", "read.env")) for label in part.labels):
                    return True
        return False

    def _sends(self, name: str, given: list[Value]) -> bool:
        """Whether the options of a request say that something goes along."""
        for each in given[:2]:
            if each.name.startswith("obj:"):
                method = self.attribute(each, "method").text.upper()
                if method in _SENDING:
                    return not name.startswith(("http.", "https.")) or method != "DELETE"
        return name == "jQuery.ajax" and bool(given) and self.attribute(given[0], "type").text.upper() in _SENDING
