"""Words by which a JavaScript file is judged worth reading, in groups, and where in it to begin."""

from typing import Final


def words(text: str) -> frozenset[str]:
    """The words of a text, as tables write them down."""
    return frozenset(text.split())


_GROUPS: Final = {
    "code": r"""eval execScript /set(Timeout|Interval|Immediate)\s*\(\s*([\x22'`]|atob\b|Buffer\b)/ runInThisContext runInNewContext runInContext _compile compileFunction importScripts
        /\bFunction\s*(\?\.)?\s*\(\s*[^\x22'`\s)]/ /\bFunction\s*\(\s*[\x22'`]([^r]|r[^e]|return\s+[^t]|return\s+th?[^i])/
        /\bFunction\s*\)\s*\(/
        /\.constructor\s*(\?\.)?\s*\(\s*[\x22'`]/ /constructor\s*[\x22'`]?\s*\]?\s*\.?\s*\[?\s*[\x22'`]?constructor\b/
        /Function\s*\.\s*constructor\b/ /\[\s*[\x22'`]constructor[\x22'`]\s*\]\s*\(/ createRequire getBuiltinModule _load mainModule
        /\\u00[46][0-9a-fA-F]/ /\\u\{0*[46][0-9a-fA-F]\}/ /\bglobalThis\s*\[\s*[^\x22'`\s]/
        /\b(global|globalThis|window|self|top)\s*\[\s*[\x22'`][^\x22'`\n]{0,12}[\x22'`]\s*[+.]/
        /import\s*\(\s*[\x22'`](https?|data):/""",
    "process": r"""child_process spawnSync execSync execFileSync execFile spawn_sync process_wrap dlopen shelljs execa
        /cross-spawn\b/ /node-pty\b/ /process\s*\.\s*binding\b/ /process\s*\[/ /Bun\s*\.\s*(spawn|\$)/ /Deno\s*\.\s*(run|Command)/
        /node-cmd\b/ /sudo-prompt\b/ WScript ActiveXObject""",
    "net": r"""/[\x22'`](node:)?(https?|http2|net|tls|dgram|dns(\/promises)?)[\x22'`]/ axios /[\x22'`](got|request|needle|superagent|undici|bent|phin|ky|ws|ftp|mqtt)[\x22'`]/
        XMLHttpRequest WebSocket EventSource sendBeacon /\bfetch\s*\(/ /node-fetch\b/ /cross-fetch\b/ /socket\.io-client/ nodemailer postmark sendEmail
        /make-fetch-happen/ /simple-get\b/ /follow-redirects\b/ GM_xmlhttpRequest /node-telegram-bot-api/ telegraf
        /@slack\/webhook/ /basic-ftp/ ssh2 /download-git-repo/ /nodejs-file-downloader/ /[\x22'`]download[\x22'`]/ /sync-request/""",
    "decode": r"""atob unescape fromCharCode fromCodePoint inflateSync gunzipSync brotliDecompressSync createDecipheriv
        createDecipher privateDecrypt /[\x22'`](base64|hex)[\x22'`]/ pako LZString /lz-string\b/ /crypto-js\b/ CryptoJS
        codePointAt inflateRawSync unzipSync""",
    "watch": r"""clipboardy iohook keytar /screenshot-desktop/ robotjs desktopCapturer /win-dpapi/ /@primno\/dpapi/ /uiohook/
        /node-global-key-listener/ /node-webcam/ /clipboard\s*\.\s*(read|write)Text/ /node-machine-id/ systeminformation
        /window\s*\.\s*(ethereum|solana)\b/ /\bethereum\s*\.\s*request\b/""",
    "host": r"""hostname userInfo networkInterfaces""",
    "environment": r"""/process\s*\.\s*env\s*[^.\w\s\[]/ /\(\s*process\s*\.\s*env\b\s*[,)]/ /\bin\s+process\s*\.\s*env\b/
        /\.\.\.\s*process\s*\.\s*env\b/ /=\s*process\s*\.\s*env\s*[;,\n]/""",
    "files": r"""/[\x22'`](node:)?fs(\/promises)?[\x22'`]/ /fs-extra\b/ /graceful-fs\b/ rimraf""",
    "variable": r"""/\brequire\s*\(\s*[\w$.]+\s*\)/""",
    "split": r"""/[\x22'`]\s*\+\s*[\x22'`]/ /\+=\s*[\x22'`][^\x22'`\n]{1,12}[\x22'`]/
        /(\\x[2-7][0-9a-fA-F]){4}/ /reverse\(\)\s*\.\s*join\s*\(/""",
    "own": r"""/(unlink|rm|rmdir|rename)(Sync)?\s*\(\s*(__filename|process\.argv\s*\[\s*1\s*\])/""",
    "modules": r"""/node_modules[\\\/\x22'`]/ /[\x22'`\/]package\.(md|json)[\x22'`]/""",
    "dynamic": r"""/\brequire\s*\(\s*[\w$.]+\s*[(\[+]/ /\bimport\s*\(\s*[\w$.]+\s*[(\[+]/ /[\x22'`]\s*\]\s*\(\s*[\x22'`]/""",
    "native": r"""/ffi-napi\b/ koffi bytenode /node-serialize\b/ /[\x22'`](node:)?vm2?[\x22'`]/ worker_threads""",
}
WORDS: Final[dict[str, tuple[str, ...]]] = {group: tuple(words.split()) for group, words in _GROUPS.items()}
"""Words in groups: identifiers, or expressions between slashes."""
