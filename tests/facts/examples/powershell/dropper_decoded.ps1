# expect: decoded-code-run | source: MITRE ATT&CK T1140
$b = [Convert]::FromBase64String('TVqQAAMAAAAEAAAA')
[IO.File]::WriteAllBytes("$env:TEMP\helper.exe", $b)
Start-Process "$env:TEMP\helper.exe"
