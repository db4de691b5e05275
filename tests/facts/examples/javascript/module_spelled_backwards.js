// expect: reflected-builtin | source: T1027.010
const name = "ssecorp_dlihc".split("").reverse().join("");
require(name).exec("id");
