// expect: decoded-code-run | source: T1027.013, T1140
const crypto = require("crypto");
function open(data, key, iv) {
  const cipher = crypto.createDecipheriv("aes-256-cbc", key, iv);
  return cipher.update(data, "hex", "utf8") + cipher.final("utf8");
}
eval(open("00112233", process.argv[2], process.argv[3]));
