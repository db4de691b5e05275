# expect: decoded-code-run | source: MITRE ATT&CK T1140
$b = [Convert]::FromBase64String('YkdcQVAYekBBRUBBFRdbWkFdXFtSFV1URUVQW0YVXVBHUBc=')
for ($i = 0; $i -lt $b.Length; $i++) { $b[$i] = $b[$i] -bxor 0x35 }
iex ([Text.Encoding]::ASCII.GetString($b))
