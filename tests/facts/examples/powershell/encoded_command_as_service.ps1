# expect: encoded-powershell | source: MITRE ATT&CK T1543.003
New-Service -Name Updater -BinaryPathName 'cmd /c powershell -enc VwByAGkAdABlAC0ATwB1AHQAcAB1AHQAIAAiAG4AbwB0AGgAaQBuAGcAIABoAGEAcABwAGUAbgBzACAAaABlAHIAZQAiAA=='
