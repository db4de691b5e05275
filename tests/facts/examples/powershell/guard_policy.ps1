# expect: defence-tampering | source: MITRE ATT&CK T1562.001
Set-ItemProperty -Path 'HKLM:\SOFTWARE\Policies\Microsoft\Windows Defender' -Name DisableAntiSpyware -Value 1
