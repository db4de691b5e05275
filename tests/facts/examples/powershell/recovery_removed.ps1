# expect: defence-tampering | source: MITRE ATT&CK T1490
Get-WmiObject Win32_ShadowCopy | ForEach-Object { $_.Delete() }
