@rem expect: disguised-command, encoded-powershell | source: MITRE ATT&CK T1027.010
@echo off
set a=power
set b=shell
%a%%b% -nop -w hidden -enc VwByAGkAdABlAC0ATwB1AHQAcAB1AHQAIAAxADsAIABXAHIAaQB0AGUALQBPAHUAdABwAHUAdAAgACIAbgBvAHQAaABpAG4AZwAgAGgAYQBwAHAAZQBuAHMAIABoAGUAcgBlACIA
