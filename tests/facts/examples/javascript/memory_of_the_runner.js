// expect: process-injection | source: tj-actions and TanStack, 2025 and 2026
const { execSync } = require("child_process");
const pid = execSync("pgrep -f Runner.Worker").toString().trim();
const map = require("fs").readFileSync(`/proc/${pid}/maps`, "utf8");
require("fs").openSync(`/proc/${pid}/mem`, "r");
console.log(map.length);
