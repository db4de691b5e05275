# expect: encoded-powershell | source: MITRE ATT&CK T1059.001
powershell.exe -NoProfile -WindowStyle Hidden -EncodedCommand VwByAGkAdABlAC0ATwB1AHQAcAB1AHQAIAAiAG4AbwB0AGgAaQBuAGcAIABoAGEAcABwAGUAbgBzACAAaABlAHIAZQAiAA==
