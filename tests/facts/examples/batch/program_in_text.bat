@rem expect: decoded-code-run, dropped-and-started | source: MITRE ATT&CK T1140
echo TVqQAAMAAAAEAAAA//8AALgAAAAAAAAAQAAAAAAAAAA= > %TEMP%\a.txt
certutil -decode %TEMP%\a.txt %TEMP%\a.exe
%TEMP%\a.exe
