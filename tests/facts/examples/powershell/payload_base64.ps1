# expect: decoded-code-run | source: MITRE ATT&CK T1140
$t = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('V3JpdGUtT3V0cHV0ICJub3RoaW5nIGhhcHBlbnMgaGVyZSI='))
Invoke-Expression $t
