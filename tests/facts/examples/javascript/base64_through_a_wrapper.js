// expect: decoded-code-run | source: T1027, T1059.004
const { execSync } = require("child_process");
function run(text) {
  execSync(Buffer.from(text, "base64").toString());
}
run("aWQ=");
run("d2hvYW1p");
