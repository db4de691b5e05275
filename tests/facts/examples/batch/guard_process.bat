@rem expect: defence-tampering | source: MITRE ATT&CK T1562.001
taskkill /f /im MsMpEng.exe
