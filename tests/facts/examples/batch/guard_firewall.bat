@rem expect: defence-tampering | source: MITRE ATT&CK T1562.004
netsh advfirewall set allprofiles state off
