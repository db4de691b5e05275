// expect: decoded-code-run | source: T1059.007, T1564.003
const { spawn } = require("child_process");
const code = Buffer.from("636f6e736f6c652e6c6f67283129", "hex").toString();
spawn(process.execPath, ["-e", code], { detached: true, stdio: "ignore" }).unref();
