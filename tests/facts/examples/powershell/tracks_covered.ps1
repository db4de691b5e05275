# expect: covered-tracks | source: MITRE ATT&CK T1070.001
Add-MpPreference -ExclusionProcess helper.exe
Clear-EventLog -LogName Security
Remove-Item (Get-PSReadLineOption).HistorySavePath
