// Coding agents that are started so that they ask for nothing.

rule agent_loose {
    meta: label = "proc.agent_loose"
    strings:
        $ = "--dangerously-skip-permissions"
        $ = "--dangerously-bypass-approvals-and-sandbox"
        $ = "--dangerously-allow-all"
        $ = "--trust-all-tools"
        $ = /\b(copilot|cursor-agent)\b[^\n]{0,200}--allow-all-tools\b/
        $ = /\b(gemini|qwen|claude|codex|copilot|cursor-agent|opencode|crush|goose|kiro)\b[^\n]{0,200}--yolo\b/
        $ = /^--yolo$/
    condition: any of them
}
