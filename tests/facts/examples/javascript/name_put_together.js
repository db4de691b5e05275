// expect: reflected-builtin | source: T1027.010
globalThis["ev" + "al"]("1 + 1");
