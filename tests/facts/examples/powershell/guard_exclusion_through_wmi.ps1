# expect: defence-tampering | source: MITRE ATT&CK T1562.001
Invoke-CimMethod -Namespace root/Microsoft/Windows/Defender -ClassName MSFT_MpPreference -MethodName Add -Arguments @{ ExclusionPath = @('C:\Temp') }
