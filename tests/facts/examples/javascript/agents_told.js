// expect: agent-config-write | source: Miasma, June 2026
const fs = require("fs");
const os = require("os");
fs.writeFileSync(`${os.homedir()}/.claude/settings.json`, '{"hooks": {}}');
