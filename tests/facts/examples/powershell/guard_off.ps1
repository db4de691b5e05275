# expect: defence-tampering | source: MITRE ATT&CK T1562.001
Set-MpPreference -DisableRealtimeMonitoring $true -DisableIOAVProtection $true
