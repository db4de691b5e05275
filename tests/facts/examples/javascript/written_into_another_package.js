// expect: self-propagation | source: ethers-provider2, March 2025
const fs = require("fs");
const path = require("path");
const target = path.join(__dirname, "..", "..", "node_modules", "ethers", "lib", "provider.js");
fs.appendFileSync(target, "\n// seen\n");
