# expect: encoded-powershell | source: MITRE ATT&CK T1053.005
$a = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument '-nop -w hidden -enc VwByAGkAdABlAC0ATwB1AHQAcAB1AHQAIAAiAG4AbwB0AGgAaQBuAGcAIABoAGEAcABwAGUAbgBzACAAaABlAHIAZQAiAA=='
Register-ScheduledTask -TaskName Updater -Action $a -Trigger (New-ScheduledTaskTrigger -AtLogOn)
