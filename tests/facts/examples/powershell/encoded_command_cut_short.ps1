# expect: encoded-powershell | source: MITRE ATT&CK T1059.001
$o = '-nop -w hidden -e ' + 'VwByAGkAdABlAC0ATwB1AHQAcAB1AHQAIAAiAG4AbwB0AGgAaQBuAGcAIABoAGEAcABwAGUAbgBzACAAaABlAHIAZQAiAA=='
Start-Process powershell -ArgumentList $o
