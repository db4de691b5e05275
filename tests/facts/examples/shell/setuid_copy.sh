# expect: opened-door | source: T1548.001
cp /bin/sh /tmp/.sh
chown root /tmp/.sh
chmod u+s /tmp/.sh
