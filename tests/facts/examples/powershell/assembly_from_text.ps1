# expect: native-side-load | source: MITRE ATT&CK T1620
$a = [System.Reflection.Assembly]::Load([Convert]::FromBase64String('TVqQAAMAAAAEAAAA'))
[Demo.Program]::Main()
