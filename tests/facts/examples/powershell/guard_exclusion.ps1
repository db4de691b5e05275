# expect: defence-tampering | source: MITRE ATT&CK T1562.001
$path = $env:APPDATA
Add-MpPreference -ExclusionPath $path
