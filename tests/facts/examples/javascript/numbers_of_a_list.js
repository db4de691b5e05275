// expect: decoded-code-run | source: T1027
const codes = [102, 108, 104, 117, 117];
Function(codes.map((code) => String.fromCharCode(code ^ 1)).join(""))();
