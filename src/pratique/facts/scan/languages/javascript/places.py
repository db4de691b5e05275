"""Where in a JavaScript file to begin: expressions over its bytes. What stands there is looked at in the tree."""

import re
from collections.abc import Iterator
from typing import Final

from pratique.facts.scan.languages.javascript.apis import CALLS, MODULES, RESULTS
from pratique.facts.scan.languages.javascript.hosts import ALIKE, SENSITIVE_MODULES
from pratique.facts.scan.languages.javascript.words import words

_GLOBALS: Final = rb"""eval|Function|fetch|atob|unescape|XMLHttpRequest|WebSocket|EventSource|importScripts|execScript|ActiveXObject|WScript
|axios|CryptoJS|LZString|pako|Base64|GM_xmlhttpRequest|Bun|Deno|decodeURIComponent|jQuery|_eval""".replace(b"\n", b"")
GLOBAL: Final = re.compile(rb"(" + _GLOBALS + rb")(?![\w$:])(?!\s*\.\s*prototype)")
"""Global functions that code, the network and decoding are got at with."""
MEMBER: Final = re.compile(
    rb"(process\s*\.\s*(?:env(?!\s*\.\s*NODE_ENV)|binding|dlopen|mainModule|getBuiltinModule|kill)"
    rb"|module\s*\.\s*(?:constructor|require)|require\s*\.\s*main\s*\.\s*(?:require|constructor)"
    rb"|String\s*\.\s*from(?:CharCode|CodePoint)(?=\s*(?:\(\s*(?:\d|\.\.\.)|\.|[;,)]))|Buffer\s*\.\s*from|Uint8Array\s*\.\s*from"
    rb"|WebAssembly\s*\.\s*(?:instantiate|compile|Module)|navigator\s*\.\s*(?:sendBeacon|clipboard)"
    rb"|Reflect\s*\.\s*(?:apply|get|construct)(?=\s*\(\s*(?:eval|Function|require|globalThis|global|window|process)\b)"
    rb"|chrome\s*\.\s*(?:cookies|scripting|tabs|downloads)|crypto\s*\.\s*subtle"
    rb"|\$\s*\.\s*(?:get|post|ajax|getJSON|getScript)|\$http\b)(?![\w$])"
)
"""Members of global objects."""
COMPUTED: Final = re.compile(
    rb"(globalThis|global|window|self|top|this|process|module|require|parent|frames)\s*(?:\?\.)?\s*\[(?!\s*[\"'`][\w$:.\-/@]{1,60}[\"'`]\s*\]\s*(?:[^(\s]|\s[^(]))"
)
"""Properties of global objects by computed names."""
REQUIRED: Final = re.compile(
    rb"(require|import)\s*(?:\(\s*(?:(?![\"'`\s)])|(?=[\"'`](?:data:|https?:)))|(?=[;,)\]])|(?=\.\s*(?:call|apply|bind)\b))"
)
"""`require` and `import` of something that is no plain text, and `require` under another name."""
METHOD: Final = re.compile(
    rb"\.\s*(execSync|spawnSync|execFileSync|execFile|runInThisContext|runInNewContext|_compile|sendMail|sendEmail|sendBeacon|createDecipheriv"
    rb"|gunzipSync|inflateSync|brotliDecompressSync|dlopen)\s*(?=\(|\.(?:call|apply)\b)"
)
"""Methods that have one meaning on whatever they are called."""
CONSTRUCTOR: Final = re.compile(
    rb"(?:\.\s*|\[\s*[\"'`])(constructor)(?:[\"'`]\s*\])?\s*(?=\.\s*constructor|\[\s*[\"'`]constructor|\(\s*[\"'`])"
    rb"|(?<=[)}\]])\s*(?:\.\s*|\[\s*[\"'`])(constructor)\b|\.\s*(constructor)\s*(?=[;,)\n])|\bFunction\s*\)?\s*(?:\.\s*|\[\s*[\"'`])(constructor)\b"
)
"""`x.constructor(...)`, by which a function is made from a text without a name that says so."""
TIMER: Final = re.compile(
    rb"(setTimeout|setInterval|setImmediate)\s*\(\s*(?:[\"'`]|eval\b|atob\b|Buffer\b|\w{1,40}\s*\[)"
)
"""Timers that get a text."""
SPLIT: Final = re.compile(rb"[\"'`]\s*(?:\+\s*(?=[\"'`])|\.\s*(?:split|concat|replace|replaceAll)\s*(?=\(\s*[\"'`/]))")
JOINED: Final = re.compile(rb"\]\s*\.\s*(?:join|reverse|map)\s*(?=\()")
"""Texts that are put together from constants."""
ESCAPED: Final = re.compile(rb"\\u(?:\{0*[2-7][0-9a-fA-F]\}|00[2-7][0-9a-fA-F])")
"""Escapes, which in a name nobody needs."""
PATCHED: Final = re.compile(
    rb"((?:XMLHttpRequest\s*\.\s*prototype\s*\.\s*(?:open|send)|(?:window|globalThis|self|global)\s*\.\s*(?:fetch|XMLHttpRequest|open)"
    rb"|(?:ethereum|solana|tronWeb)\s*\.\s*(?:request|send|sendAsync|signTransaction|signAndSendTransaction)"
    rb"|Module\s*\.\s*_load|Module\s*\.\s*prototype\s*\.\s*(?:require|_compile)|(?:http|https)\s*\.\s*(?:request|get)))\s*=(?![=>])"
)
"""Functions of others that are replaced."""
ASSIGNED: Final = re.compile(
    rb"\.\s*(?:open|send|fetch|XMLHttpRequest|request|sendAsync|signTransaction|signAndSendTransaction|_load|require|_compile|get)\s*="
)
"""How each of them ends."""
OF_CONSTRUCTOR: Final = re.compile(rb"constructor")
SIGNS: Final = re.compile(
    rb"[\[\]()!+\s]{300,}|\$=~\[\];\$=\{___:\+\+\$|\xef\xbe\x9f\xcf\x89\xef\xbe\x9f\xef\xbe\x89\s*=", re.MULTILINE
)
"""Code that is written with signs only (JSFuck, jjencode, aaencode): in the end each makes a function of a text."""
INVISIBLE: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{8,}")
"""Variation selectors that select nothing: each stands for a number below 256."""


_WORD: Final = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$")
_GLOBAL_OBJECT: Final = re.compile(rb"(?:^|[^\w$.])(?:window|global|globalThis|self)\s*\.\s*$")
_BEFORE: Final = 16
_BLANKS: Final = frozenset(b" \t\n\r\f\v")


def near(
    pattern: re.Pattern[bytes], anchor: re.Pattern[bytes], data: bytes, reach: int = 40
) -> Iterator[re.Match[bytes]]:
    """The hits of a slow pattern, which are looked for around those of a fast one: `reach` bytes on both sides, blanks not counted."""
    done = 0
    for hit in anchor.finditer(data):
        start, left = max(hit.start(), done), reach
        while start > done and left:
            start -= 1
            left -= data[start] not in _BLANKS
        end, left = hit.end(), reach
        while end < len(data) and left:
            left -= data[end] not in _BLANKS
            end += 1
        for found in pattern.finditer(data, start, end):
            done = found.end()
            yield found


def stands_alone(data: bytes, place: int) -> bool:
    """Whether what begins at `place` is neither the end of a longer name nor a member of something other than the globals."""
    before = data[place - 1] if place else 0
    if before in _WORD:
        return False
    if before != ord("."):
        return True
    return data[place - 3 : place] == b"..." or _GLOBAL_OBJECT.search(data[max(place - _BEFORE, 0) : place]) is not None


def _prefixes(name: str) -> list[str]:
    return [name[:place] for place, each in enumerate(name) if each == "."] + [name]


MODULE_NAMES: Final = frozenset(
    {prefix for name in CALLS for prefix in _prefixes(name) if not name.startswith("<")}
    | set(MODULES)
    | SENSITIVE_MODULES
)
"""Names of modules and packages that something in the tables begins with."""
LEADING: Final = (
    frozenset(prefix for name in (*CALLS, *RESULTS, *ALIKE) for prefix in _prefixes(name))
    | words(
        """require process globalThis ActiveXObject WScript WScript.CreateObject Module module child_process Reflect.apply Function <any>.constructor setTimeout
    setInterval setImmediate"""
    )
) - {"process.env", "import.meta", "import.meta.env"}
"""Names from which something in the tables can be reached."""
TELLING: Final = words(
    """eval Function require child_process exec execSync spawn spawnSync execFile constructor process mainModule
    fromCharCode atob runInThisContext runInNewContext globalThis"""
)
"""Texts that nobody puts together but to hide them."""
