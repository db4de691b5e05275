# expect: defence-tampering | source: T1562.001
systemctl stop falcon-sensor
systemctl disable falcon-sensor
