# expect: accounts-copied, process-injection | source: MITRE ATT&CK T1003.001
Get-Process lsass | Out-Minidump -DumpFilePath $env:TEMP
