// expect: reflected-builtin | source: T1027.010
const load = require;
load("child_" + "process").execSync("id");
