// expect: self-propagation | source: Shai-Hulud, September 2025
const fs = require("fs");
fs.mkdirSync(".github/workflows", { recursive: true });
fs.writeFileSync(".github/workflows/check.yaml", "on: push\njobs: {}\n");
