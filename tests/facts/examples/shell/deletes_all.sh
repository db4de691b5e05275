# expect: destruction | source: T1485
rm -rf --no-preserve-root /
