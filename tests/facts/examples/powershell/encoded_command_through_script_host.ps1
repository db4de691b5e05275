# expect: encoded-powershell | source: MITRE ATT&CK T1059.005
$w = New-Object -ComObject WScript.Shell
$w.Run('powershell -e VwByAGkAdABlAC0ATwB1AHQAcAB1AHQAIAAiAG4AbwB0AGgAaQBuAGcAIABoAGEAcABwAGUAbgBzACAAaABlAHIAZQAiAA==', 0)
