"""Names that hosts of JavaScript give: globals, variables of the environment, and other names of the same thing."""

from typing import Final

from pratique.facts.scan.languages.javascript.words import words

GLOBALS: Final = words(
    """eval Function require module exports process Buffer globalThis global window self top parent frames document
    navigator location fetch atob btoa unescape decodeURIComponent decodeURI String Object Array JSON Math Promise
    Reflect setTimeout setInterval setImmediate XMLHttpRequest WebSocket EventSource Worker importScripts execScript
    WebAssembly TextDecoder TextEncoder Uint8Array Bun Deno __filename __dirname ethereum solana chrome browser
    jQuery axios console ActiveXObject WScript CryptoJS LZString Base64 pako GM_xmlhttpRequest Number parseInt
    parseFloat escape $ $http RegExp Date encodeURIComponent encodeURI Symbol Map Set"""
)
"""Names that stand for themselves where a file declares no others."""

GLOBAL_OBJECTS: Final = frozenset({"globalThis", "global", "window", "self", "top", "parent", "frames"})
"""Objects whose properties are the global names."""

DANGEROUS: Final = words(
    """eval Function require child_process child_process.exec child_process.execSync child_process.spawn
    child_process.spawnSync child_process.execFile child_process.fork vm.runInThisContext vm.runInNewContext"""
)
"""Functions and modules that are reached by a computed name only by what hides them."""

SENSITIVE_MODULES: Final = words(
    """keytar iohook clipboardy screenshot-desktop node-machine-id systeminformation robotjs ffi-napi koffi bytenode
    win-dpapi @primno/dpapi uiohook-napi node-global-key-listener javascript-obfuscator dpapi-addon node-key-sender
    mic"""
)
"""Modules whose import is worth a word."""

HOST_VARIABLES: Final = words(
    """USER USERNAME LOGNAME COMPUTERNAME HOSTNAME USERDOMAIN USERPROFILE.NAME GITHUB_ACTOR GITHUB_REPOSITORY"""
)
"""Variables of the environment that name user or machine."""

ALIKE: Final[dict[str, str]] = {
    "process.mainModule.require": "require",
    "module.require": "require",
    "require.main.require": "require",
    "Module._load": "require",
    "Module.prototype.require": "require",
    "module.constructor": "Module",
    "module.constructor._load": "require",
    "require.main.constructor": "Module",
    "process.mainModule.constructor": "Module",
    "process.mainModule.constructor._load": "require",
    "process.getBuiltinModule": "require",
    "document.defaultView": "globalThis",
    "util.promisify": "promisify",
    "Deno.env": "process.env",
    "Bun.env": "process.env",
    "import.meta.env": "",
    "window.top": "globalThis",
    "child_process.promises": "child_process",
    "axios.default": "axios",
    "shelljs.default": "shelljs",
    "electron.remote": "electron",
}
"""Members that are another name of something else."""
