# expect: disguised-command | source: T1027.010
/???/b??e64 -d /tmp/i
