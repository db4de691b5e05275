@rem expect: encoded-powershell | source: MITRE ATT&CK T1027.010
cmd /c exit 112
set p=%=ExitCodeAscii%
cmd /c exit 119
set w=%=ExitCodeAscii%
%p%o%w%ershell -e VwByAGkAdABlAC0ATwB1AHQAcAB1AHQAIAAxADsAIABXAHIAaQB0AGUALQBPAHUAdABwAHUAdAAgACIAbgBvAHQAaABpAG4AZwAgAGgAYQBwAHAAZQBuAHMAIABoAGUAcgBlACIA
