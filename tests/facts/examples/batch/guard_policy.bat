@rem expect: defence-tampering | source: MITRE ATT&CK T1562.001
reg add "HKLM\SOFTWARE\Policies\Microsoft\Windows Defender" /v DisableAntiSpyware /t REG_DWORD /d 1 /f
