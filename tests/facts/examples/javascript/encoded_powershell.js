// expect: encoded-powershell | source: T1059.001, T1027.010
const { exec } = require("child_process");
exec("powershell -NoProfile -EncodedCommand dwByAGkAdABlAC0AaABvAHMAdAAgADEAIAAgACAAIAAgACAAIAAgACAAIAAgAA==");
