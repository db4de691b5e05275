# expect: process-injection | source: MITRE ATT&CK T1055
function Find-Function($library, $name) { return [Native.Methods]::GetProcAddress($library, $name) }
$m = [Runtime.InteropServices.Marshal]
$a = $m::GetDelegateForFunctionPointer((Find-Function kernel32.dll VirtualAlloc), $type)
$t = $m::GetDelegateForFunctionPointer((Find-Function kernel32.dll CreateThread), $type)
