# expect: defence-tampering | source: T1562.001
pkill -9 clamd
yum -y remove aegis
