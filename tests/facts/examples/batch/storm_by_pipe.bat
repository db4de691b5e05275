@rem expect: process-storm | source: MITRE ATT&CK T1499
%0|%0
