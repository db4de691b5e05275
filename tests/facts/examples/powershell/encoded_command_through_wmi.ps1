# expect: encoded-powershell | source: MITRE ATT&CK T1047
Invoke-WmiMethod -Class Win32_Process -Name Create -ArgumentList 'powershell -enc VwByAGkAdABlAC0ATwB1AHQAcAB1AHQAIAAiAG4AbwB0AGgAaQBuAGcAIABoAGEAcABwAGUAbgBzACAAaABlAHIAZQAiAA=='
