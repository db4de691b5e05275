// expect: persistence | source: T1543.002
const fs = require("fs");
const { execSync } = require("child_process");
fs.writeFileSync(`${process.env.HOME}/.config/systemd/user/helper.service`, "[Service]\nExecStart=/usr/bin/true\n");
execSync("systemctl --user enable helper.service");
