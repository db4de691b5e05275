@rem expect: defence-tampering | source: MITRE ATT&CK T1562.001
powershell -Command "Add-MpPreference -ExclusionPath '%APPDATA%'"
