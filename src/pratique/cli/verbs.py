"""Every verb of the command line with its sentence. Written by `python -m tools.generate`."""

from typing import Final

VERBS: Final[dict[str, str]] = {
    "advisories": "Read feeds of advisories, and show what they say.",
    "audit": "What is known against what is installed or locked, and what to do.",
    "completion": "Print the completion script for a shell.",
    "diff": "What one release can do that another cannot.",
    "doctor": "What leads past the gate on this machine.",
    "drill": "Would we have been hit? Replays attacks against the policy.",
    "evidence": "Everything known about a release, and the decision it would get.",
    "explain": "Explain a decision by its id, or a condition or rule by its name.",
    "forget": "Destroy what leads from the record to a person.",
    "indicators": "Show, check and sign packs of indicators.",
    "log": "Read, prove, verify and replay the record.",
    "names": "Whether names are those of the packages that are meant.",
    "pdm": "Run pdm with a gate around it.",
    "pip": "Run pip with a gate around it.",
    "pipx": "Run pipx with a gate around it.",
    "poetry": "Run Poetry with a gate around it.",
    "policy": "Check, test and show the policy.",
    "recalls": "What was let in and is known to be bad by now, and who got it.",
    "scan": "Look into files, folders, releases and environments, without running anything of them.",
    "seen": "When the files of a package were first seen, and last let in.",
    "serve": "Run a gate for many.",
    "settings": "Every option, its value, and which file or variable set it.",
    "setup": "Point this account's clients at a gate that stands, and take that back.",
    "token": "Issue, list and withdraw access tokens.",
    "uv": "Run uv with a gate around it.",
    "uvx": "Run a command of a package with a gate around it.",
    "waive": "Grant, list and take back waivers.",
    "who": "Who is behind a digest of the record.",
}
