// expect: decoded-code-run | source: T1027.015
const zlib = require("zlib");
const text = zlib.inflateSync(Buffer.from("eJxLTC4BAAJNAUk=", "base64")).toString();
(0, eval)(text);
