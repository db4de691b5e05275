# expect: destruction | source: T1561
dd if=/dev/urandom of=/dev/sda bs=1M
