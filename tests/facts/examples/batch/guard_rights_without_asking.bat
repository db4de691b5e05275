@rem expect: defence-tampering | source: MITRE ATT&CK T1548.002
reg add HKCU\Software\Classes\ms-settings\Shell\Open\command /d "cmd /c whoami" /f & fodhelper.exe
