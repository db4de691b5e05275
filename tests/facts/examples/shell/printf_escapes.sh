# expect: decoded-code-run | source: T1027.010
c=$(printf '\x65\x63\x68\x6f\x20\x6c\x6f\x6f\x6b')
eval "$(echo "$c" | rev | rev)"
