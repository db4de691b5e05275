// expect: foreign-runtime | source: ChainDrop, August 2026
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";

const answer = await fetch("https://github.com/oven-sh/bun/releases/download/bun-v1.2.0/bun-linux-x64.zip");
writeFileSync("bun.zip", Buffer.from(await answer.arrayBuffer()));
execFileSync("./bun", ["run", "bundle.js"]);
