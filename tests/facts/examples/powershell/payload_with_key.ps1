# expect: decoded-code-run | source: MITRE ATT&CK T1027
$k = 1..24
$s = ConvertTo-SecureString -String $args[0] -Key $k
$p = [Runtime.InteropServices.Marshal]::PtrToStringAuto([Runtime.InteropServices.Marshal]::SecureStringToBSTR($s))
iex $p
