# expect: disguised-command | source: T1027.010
t=xbashx
${t:1:4} -c true
