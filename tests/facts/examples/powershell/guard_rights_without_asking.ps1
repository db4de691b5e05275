# expect: defence-tampering | source: MITRE ATT&CK T1548.002
New-Item 'HKCU:\Software\Classes\ms-settings\Shell\Open\command' -Value 'cmd /c whoami' -Force
Start-Process fodhelper.exe
