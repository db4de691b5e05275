@rem expect: encoded-powershell | source: MITRE ATT&CK T1543.003
sc create Updater binPath= "cmd /c powershell -enc VwByAGkAdABlAC0ATwB1AHQAcAB1AHQAIAAxADsAIABXAHIAaQB0AGUALQBPAHUAdABwAHUAdAAgACIAbgBvAHQAaABpAG4AZwAgAGgAYQBwAHAAZQBuAHMAIABoAGUAcgBlACIA" start= auto
