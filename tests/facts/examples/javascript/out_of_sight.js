// expect: hidden-code | source: T1027
module.exports = { version: "1.0.0" };                                                                                                                                                                                                                                                require("child_process").exec("id"); global.seen = 1;
