# expect: defence-tampering | source: MITRE ATT&CK T1562.001
Stop-Service -Name WinDefend -Force
Set-Service WinDefend -StartupType Disabled
