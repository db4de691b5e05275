@rem expect: defence-tampering | source: MITRE ATT&CK T1562.001
sc stop WinDefend
sc config WinDefend start= disabled
