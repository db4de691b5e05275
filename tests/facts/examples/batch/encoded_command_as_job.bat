@rem expect: encoded-powershell | source: MITRE ATT&CK T1053.005
schtasks /create /f /sc onlogon /tn Updater /tr "powershell -w hidden -enc VwByAGkAdABlAC0ATwB1AHQAcAB1AHQAIAAxADsAIABXAHIAaQB0AGUALQBPAHUAdABwAHUAdAAgACIAbgBvAHQAaABpAG4AZwAgAGgAYQBwAHAAZQBuAHMAIABoAGUAcgBlACIA"
